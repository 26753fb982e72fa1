"""A small line of two sources, run once a worker, and the command line called as its users call it."""

import contextlib
import io
import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from newsdesk.cli import main
from newsdesk.newsroom import Newsroom
from newsdesk.supervisor.demonstration import sample_settings

WATCHLIST = """\
version: 1
feeds:
  - url: http://gujarat-ledger.localhost:{port}/feeds/latest.xml
    name: The Gujarat Ledger
    language: en
  - url: http://trade-circular.localhost:{port}/members/feed.xml
    name: Trade Circular
topics:
  online-trade:
    title: Trade on the net
    query: '"e-commerce" NEAR/20 (rule* OR policy OR memorandum)'
    examples: {{match: [The e-commerce policy is out.]}}
  shop-protests:
    title: Protests of shopkeepers
    query: (traders OR merchants OR wholesalers) NEAR/20 (protest* OR shut OR rally OR campaign)
    examples: {{match: [Traders shut their shops.]}}
readers:
  desk: {{address: desk@paper.example}}
  analyst: {{address: analyst@paper.example}}
rules:
  trade-now: {{title: Trade, topics: [online-trade], readers: [desk, analyst]}}
  protests-now: {{title: Protests, topics: [shop-protests], readers: [desk]}}
"""

MEMORANDUM = "http://gujarat-ledger.localhost:{port}/economy/gujarat-amazon-memorandum"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A state folder with the port of the newsroom that it watches."""

    home: Path
    port: int

    def call(self, *arguments: str) -> Ran:
        return call("--home", str(self.home), *arguments)

    @property
    def memorandum(self) -> str:
        return MEMORANDUM.format(port=self.port)


def call(*arguments: str) -> Ran:
    """A command in this process, its output on pipes."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    loggers = (logging.getLogger(), logging.getLogger("newsdesk"))
    before = [logger.handlers[:] for logger in loggers]
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            main(arguments)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        for logger, handlers in zip(loggers, before, strict=True):
            logger.handlers = handlers
    return Ran(code=code, out=out.getvalue(), err=err.getvalue())


def run_process(home: Path, *arguments: str, text: str = "", prefix: Sequence[str] = ()) -> Ran:
    """The same in a process of its own."""
    ended = subprocess.run(
        [*prefix, sys.executable, "-m", "newsdesk", "--home", str(home), *arguments],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=clean_environment(),
    )
    return Ran(code=ended.returncode, out=ended.stdout, err=ended.stderr)


def clean_environment() -> dict[str, str]:
    """No settings and no colours of whoever runs the tests."""
    unwanted = ("NEWSDESK_", "FORCE_COLOR", "COLUMNS", "TTY_", "PY_COLORS")
    return {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}


def make_home(folder: Path, port: int, **settings: str) -> Path:
    """A state folder as the demonstration makes it: it remembers its settings."""
    folder.mkdir(parents=True, exist_ok=True)
    watchlist = folder / "watchlist.yaml"
    watchlist.write_text(WATCHLIST.format(port=port), encoding="utf-8")
    more = {f"NEWSDESK_{name.upper()}": value for name, value in settings.items()}
    kept = {**sample_settings(), "NEWSDESK_WATCHLIST": str(watchlist), **more}
    (folder / "settings.json").write_text(json.dumps(kept), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(port=0, slow_seconds=0.0) as room:
        yield room


@pytest.fixture(scope="session")
def line(newsroom: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Line:
    """A line that ran once; tests only read it."""
    home = make_home(tmp_path_factory.mktemp("line") / "home", newsroom.port)
    made = Line(home=home, port=newsroom.port)
    ran = made.call("run")
    assert ran.code == 0, ran.err
    return made


@pytest.fixture
def own_line(line: Line, tmp_path: Path) -> Line:
    """A copy that a test may change."""
    shutil.copytree(line.home, tmp_path / "own")
    return Line(home=tmp_path / "own", port=line.port)


@pytest.fixture
def fresh_home(newsroom: Newsroom, tmp_path: Path) -> Callable[..., Path]:
    """Makes a folder in which nothing ran yet."""

    def make(**settings: str) -> Path:
        return make_home(tmp_path / "fresh", newsroom.port, **settings)

    return make
