"""Pages while other processes write, delete and rebuild."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from newsdesk.errors import SearchIndexError
from newsdesk.index import SearchIndex, Sort, clear_index, open_index
from newsdesk.query import Query, parse
from tests.index import edit_forever
from tests.index.samples import document, identity

ROOT = Path(__file__).resolve().parents[2]
COUNT = 60
KEPT = {identity(number) for number in range(COUNT - COUNT // 5)}
DELETED = {identity(number) for number in range(COUNT - COUNT // 5, COUNT)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """An index, and a process that changes it."""

    file: Path
    editor: subprocess.Popen[str]

    def begin(self) -> None:
        """Let it begin a round of changes; what follows here runs beside it."""
        assert self.editor.stdin is not None
        self.editor.stdin.write("go\n")
        self.editor.stdin.flush()

    def end(self) -> None:
        """Wait for the end of the round."""
        assert self.editor.stdout is not None
        assert self.editor.stdout.readline()


@pytest.fixture
def edited(tmp_path: Path) -> Iterator[Edited]:
    file = tmp_path / "index.db"
    index = open_index(file)
    index.put([document(n, f"oil {'oil ' * (n % 5)}", minutes=n // 3) for n in range(COUNT)])
    index.close()
    command = [sys.executable, edit_forever.__file__, str(file), "7", str(COUNT)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as editor:
        yield Edited(file=file, editor=editor)
        editor.communicate(timeout=60)
        assert editor.returncode == 0


def pages(index: SearchIndex, query: Query, sort: Sort, edited: Edited | None = None) -> Iterator[str]:
    """The ids on all pages; `edited`: while it changes, at least one round for each page."""
    mark, totals = None, set()
    while True:
        if edited is not None:
            edited.begin()
        page = index.search(query, sort=sort, limit=7, after=mark)
        totals.add(page.total)
        yield from (hit.id for hit in page.hits)
        if edited is not None:
            edited.end()
        mark = page.next
        if mark is None:
            break
    assert len(totals) == 1


@pytest.mark.parametrize("sort", list(Sort))
@pytest.mark.parametrize("text", ["oil", "oil NOT (oil PRE/0 zinc)", "NOT gold", "oil OR (gold AND tin)"])
def test_no_article_is_skipped_or_repeated_while_another_process_edits(edited: Edited, sort: Sort, text: str) -> None:
    index, query = open_index(edited.file), parse(text)
    edited.begin()
    edited.end()
    there = index.ids(query)
    seen = Counter(pages(index, query, sort, edited))
    after = index.ids(query)
    index.close()
    assert max(seen.values()) == 1
    assert seen.keys() >= KEPT
    # The first round may have ended before the first page was read; nothing of a later one is on any page.
    came_first = {identity(f"new 7 2 {n}") for n in range(3)}
    assert seen.keys() <= there | DELETED | came_first
    assert len(after) > len(seen)


def test_a_stemmed_search_pages_as_well(edited: Edited) -> None:
    index = open_index(edited.file)
    seen = Counter(pages(index, parse("oils", stemmed=True), Sort.PUBLISHED, edited))
    index.close()
    assert max(seen.values()) == 1
    assert seen.keys() >= KEPT


def test_a_rebuild_between_two_pages_says_so_and_the_first_page_works_again(tmp_path: Path) -> None:
    file = tmp_path / "index.db"
    index = open_index(file)
    articles = [document(n, "oil", minutes=n) for n in range(10)]
    index.put(articles)
    page = index.search(parse("oil"), limit=3)
    clear_index(file)
    with closing(open_index(file)) as rebuilding:
        rebuilding.put(articles[:5])
        with pytest.raises(SearchIndexError, match=r"made anew.*first page"):
            index.search(parse("oil"), limit=3, after=page.next)
        rebuilding.put(articles[5:])
    assert list(pages(index, parse("oil"), Sort.NEWEST)) == [article.id for article in reversed(articles)]
    index.close()
