"""The project's documents: their text, their links, and the commands in their code blocks."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
DOCS = PROJECT / "docs"
DOCUMENTS = tuple(sorted((PROJECT / "README.md", *DOCS.rglob("*.md"))))

_FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?<!\!)\[[^\]]*\]\(([^)\s]+)\)")
_SHELL = ("sh", "bash", "console", "shell")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block of code."""

    document: Path
    kind: str
    text: str


def blocks(document: Path) -> Iterator[Block]:
    for indent, kind, text in _FENCE.findall(document.read_text(encoding="utf-8")):
        lines = (line.removeprefix(indent) for line in text.splitlines())
        yield Block(document=document, kind=kind, text="\n".join(lines) + "\n")


def links(document: Path) -> Iterator[str]:
    yield from _LINK.findall(_FENCE.sub("", document.read_text(encoding="utf-8")))


def shell_commands(document: Path) -> Iterator[list[str]]:
    """Every simple command of the shell blocks, as words: pipes, redirections and comments are taken off."""
    for block in blocks(document):
        if block.kind in _SHELL:
            for line in block.text.replace("\\\n", " ").splitlines():
                yield from _simple(line.strip().removeprefix("$ "))


def _simple(line: str) -> Iterator[list[str]]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    for word in lexer:
        if set(word) <= set("|&;()<>"):
            yield words
            words = []
        else:
            words.append(word)
    yield words


def anchor(heading: str) -> str:
    """The name by which a heading is linked to."""
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")
