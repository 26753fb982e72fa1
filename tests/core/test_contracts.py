"""The import contracts hold, and each is seen to fail on a planted breach."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]

BREACHES = [
    ("newsdesk/query/analysis.py", "import newsdesk.ledger", "the line runs one way"),
    ("newsdesk/surplus.py", "", "the line runs one way"),
    ("extractors/urls.py", "import newsdesk.model", "extractors know nothing of the product"),
    ("newsdesk/rules.py", "import logging", "the core is pure"),
    ("extractors/dates.py", "import feedparser", "feedparser has one door"),
    ("extractors/titles.py", "import newspaper", "newspaper has one door"),
    ("extractors/metadata.py", "import trafilatura", "the extraction engines have one door"),
    ("extractors/titles.py", "import resiliparse", "resiliparse has two doors"),
    ("newsdesk/services.py", "import warcio", "WARC has one door"),
    ("newsdesk/index/fts5.py", "import Stemmer", "Snowball has one door"),
    ("extractors/body.py", "import cssselect", "CSS selectors have one door"),
    ("newsdesk/services.py", "import sqlalchemy", "SQLAlchemy and Alembic have one door"),
    ("newsdesk/services.py", "import aiohttp", "aiohttp has one door"),
    ("newsdesk/services.py", "import airflow", "Airflow has one door"),
    ("newsdesk/archive.py", "import airflow", "Airflow has one door"),
    ("newsdesk/rules.py", "import random", "the core is pure"),
    ("extractors/dates.py", "import time", "extractors know nothing of the product"),
    ("newsdesk/pipeline/deliver.py", "import smtplib", "the mail protocol has one door"),
    ("newsdesk/services.py", "import protego", "protego has one door"),
    ("extractors/titles.py", "import nh3", "nh3 has one door"),
    ("newsdesk/services.py", "import pydantic", "pydantic has two doors"),
    ("newsdesk/cli/app.py", "import fastapi", "the web framework has one door"),
    ("newsdesk/websub.py", "import random", "the core is pure"),
]


def lint(folder: Path) -> tuple[int, str]:
    # importlib.metadata finds the program; the copy is what it reads, since it puts the current folder first
    program = Path(sys.executable).with_name("lint-imports")
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"}
    done = subprocess.run(
        [program, "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("contracts")
    for name in ("newsdesk", "extractors"):
        shutil.copytree(PROJECT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "pyproject.toml", folder)
    return folder


@pytest.mark.parametrize(
    ("file", "line", "contract"), BREACHES, ids=[f"{breach[0]}: {breach[1]}" for breach in BREACHES]
)
def test_a_planted_breach_is_found(copy: Path, file: str, line: str, contract: str) -> None:
    path = copy / file
    before = path.read_text(encoding="utf-8") if path.exists() else None
    path.write_text(f"{before or ''}\n\ndef _planted() -> None:\n    {line or 'pass'}\n", encoding="utf-8")
    try:
        code, shown = lint(copy)
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before, encoding="utf-8")
    assert code == 1
    assert f"{contract} BROKEN" in shown or ("surplus" in shown and "exhaustive" in shown.lower()), shown


def test_the_contracts_hold(copy: Path) -> None:
    code, shown = lint(copy)
    assert code == 0, shown
