"""The door to newspaper: what hands it a page gets its fields, whichever of the two packages is there, and no more.

newspaper3k has an environment of its own, made once below .cache; without a package index its tests are skipped with
the reason, but not where CI says that all must run.
"""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from bench.newspaper3k import Newspaper3k, NoEnvironmentError, interpreter

ROOT = Path(__file__).resolve().parents[2]
ARTICLE = (ROOT / "tests" / "data" / "pages" / "article.html").read_text("utf-8")
URL = "https://post.example/a-1.html"
# Pages that newspaper would fetch something for, or fails on, if it were let.
PAGES = {
    "article": ARTICLE,
    "empty": "",
    "refresh": ARTICLE.replace("<head>", '<head><meta http-equiv="refresh" content="0; url=https://post.example/b">'),
    "pictures": ARTICLE.replace("<h1>", '<img src="https://post.example/1.jpg" width=900 height=600><h1>'),
    "no text": "<html><body><img src='https://post.example/2.jpg'></body></html>",
    **{
        f"tagged {code}": ARTICLE.replace('lang="en-GB"', f'lang="{code}"')
        for code in ("ja", "ko", "zh", "th", "ar", "xx")
    },
}
# The child may open no connection, start no program and load no nltk, whose data would have to be fetched.
_CHILD = """
import json, sys
root, ours = sys.argv[1:3]
sys.path[0:1] = [root]
sys.path.append(ours)
seen = []

def watch(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "subprocess.Popen", "os.system", "urllib.Request"):
        seen.append(event)
        raise RuntimeError(event)
    if event == "import" and arguments[0].partition(".")[0] == "nltk":
        raise ImportError("nltk is not here")

sys.addaudithook(watch)
from extractors import extract_article
import newspaper

found = {}
for name, html in json.load(sys.stdin).items():
    article = extract_article(html.encode(), "https://post.example/a-1.html", engine="newspaper")
    source = article.provenance.get("text")
    found[name] = [article.kind, article.title, article.authors, article.text, source.source if source else ""]
print(json.dumps({"version": newspaper.__version__, "found": found, "seen": seen}))
"""


@pytest.fixture(scope="session")
def newspaper3k() -> Path:
    try:
        return interpreter()
    except NoEnvironmentError as error:
        if os.environ.get("CI"):
            pytest.fail(f"the environment with newspaper3k cannot be made: {error}")
        pytest.skip(f"the environment with newspaper3k cannot be made: {error}")


def watched(python: Path) -> dict[str, Any]:
    command = [str(python), "-W", "ignore", "-c", _CHILD, str(ROOT), sysconfig.get_path("purelib")]
    done = subprocess.run(command, input=json.dumps(PAGES), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-1500:]
    said: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return said


def check(said: dict[str, Any]) -> None:
    assert said["seen"] == []
    kinds = {name: found[0] for name, found in said["found"].items()}
    assert {name for name, kind in kinds.items() if kind == "empty"} == {"empty", "no text"}
    for name in kinds.keys() - {"empty", "no text"}:
        _, title, authors, text, source = said["found"][name]
        assert (title, authors, source) == (
            "Northern pier closed after divers find cracks",
            ["Ada Lindqvist"],
            "newspaper",
        )
        assert "cracks in eleven" in text


def test_newspaper4k_reads_pages_and_fetches_nothing() -> None:
    said = watched(Path(sys.executable))
    assert not said["version"].startswith("0.2")
    check(said)


def test_newspaper3k_reads_pages_and_fetches_nothing(newspaper3k: Path) -> None:
    said = watched(newspaper3k)
    assert said["version"] == "0.2.8"
    check(said)


def test_newspaper3k_answers_page_after_page_for_comparisons(newspaper3k: Path) -> None:
    with Newspaper3k(newspaper3k) as process:
        first, second = process.read(ARTICLE, URL), process.read("", URL)
    assert first.title == "Northern pier closed after divers find cracks"
    assert (second.title, second.authors, second.body) == ("", (), "")


def test_what_newspaper3k_needs_is_locked_with_hashes() -> None:
    lines = (ROOT / "requirements" / "newspaper3k.txt").read_text("utf-8").splitlines()
    names = [line for line in lines if line[:1].isalnum()]
    assert {"newspaper3k==0.2.8 \\", "lxml-html-clean==0.4.6 \\"} <= set(names)
    assert all("--hash=sha256:" in lines[lines.index(name) + 1] for name in names)
