"""What holds for the files themselves: short modules and functions, and nothing of the machine they were written on."""

import ast
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.pages import PROJECT

LONGEST_MODULE, LONGEST_FUNCTION = 400, 40  # lines
PACKAGES = ("newsdesk", "extractors", "dags", "bench")
MODULES = tuple(sorted(path for package in PACKAGES for path in (PROJECT / package).rglob("*.py")))

# put together here, so that this file does not hold what it looks for
REGISTRIES = (
    ("pypi", "org"),
    ("pythonhosted", "org"),
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("docker", "io"),
    ("ghcr", "io"),
    ("quay", "io"),
    ("gcr", "io"),
    ("proxy", "golang", "org"),
    ("crates", "io"),
    ("rubygems", "org"),
    ("conda", "anaconda", "org"),
    ("jfrog", "io"),
)
MACHINE_PATHS = ("work", "root", "Users", "mnt", "workspace")
BINARY = (".png", ".jpg", ".ico", ".gz", ".woff2")


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function with its lines of code, its docstring apart."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            first = node.body[0]
            if ast.get_docstring(node) is not None:
                length -= (first.end_lineno or first.lineno) - first.lineno + 1
            yield f"{path.relative_to(PROJECT)}:{node.lineno} {node.name}", length


def test_no_module_is_too_long_to_be_read_at_once() -> None:
    lengths = {
        path.relative_to(PROJECT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    # a migration is one list of what changes, in the order of its changing
    modules = [path for path in MODULES if path.parent.name != "versions"]
    lengths = {name: length for path in modules for name, length in functions(path)}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}


@pytest.fixture(scope="module")
def tracked() -> tuple[Path, ...]:
    if shutil.which("git") is None or not (PROJECT / ".git").exists():
        pytest.skip("this is no checkout: there are no tracked files")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (PROJECT / name for name in listed.stdout.split("\0") if name)
    return tuple(path for path in paths if path.is_file() and path.suffix not in BINARY)


def holding(tracked: tuple[Path, ...], pattern: str) -> list[str]:
    wanted = re.compile(pattern)
    return [
        f"{path.relative_to(PROJECT)}: {found[0]}"
        for path in tracked
        if (found := wanted.search(path.read_text(encoding="utf-8", errors="replace")))
    ]


def test_no_file_names_a_package_registry(tracked: tuple[Path, ...]) -> None:
    names = "|".join(r"\.".join(parts) for parts in REGISTRIES)
    assert holding(tracked, rf"\b(?:{names})\b") == []


def test_no_file_names_a_folder_of_one_machine(tracked: tuple[Path, ...]) -> None:
    assert holding(tracked, rf"(?<![\w.:/>*-])/(?:{'|'.join(MACHINE_PATHS)})/[\w.-]+|/home/[a-z]+/") == []
