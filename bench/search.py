"""The embedded index at size: articles a second from several processes, and how long searches take.

`python bench/search.py [--articles N] [--processes P] [--rounds R]` makes texts of words with Zipf frequencies, puts
them into the index from P processes, and asks typical questions. Beside each figure stands that of a plain FTS5 table
(tokenize=unicode61, the same texts, one row for all) in the same run: read the ratio, as machines differ.
"""

import argparse
import bisect
import itertools
import multiprocessing
import random
import sqlite3
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

from newsdesk.index import Document, FacetField, SearchIndex, Sort, open_index
from newsdesk.query import parse

_VOCABULARY = 60_000
_WORDS = 210  # of a text, on average
_BATCH = 200
_START = datetime(2026, 1, 1, tzinfo=UTC)
_DAY = 86_400

# Words by rank: w20 is in nearly every text, w3000 in about one of two hundred.
_NEAR = "w150 NEAR/5 w200"
_BOOLEAN = "(w300 OR w400 OR w500 OR w600) AND (w700 OR w800 OR w900 OR w1000) NOT w60"
_RARE, _COMMON = "w3000", "w60"

Put = Callable[[Path, Sequence[Document]], None]


class Texts:
    """Texts by number: the same number, the same text, in whichever process."""

    def __init__(self) -> None:
        weights = (1 / (rank + 10) for rank in range(_VOCABULARY))
        self._sums = list(itertools.accumulate(weights))

    def document(self, number: int) -> Document:
        """Article `number`; articles arrive one a minute, and one source in five brings half of them."""
        chance = random.Random(number)
        seen = _START + timedelta(minutes=number)
        return Document(
            id=sha256(str(number).encode()).hexdigest()[:32],
            version=1,
            url=f"https://news.example/{number}",
            title=self._words(chance, 9),
            body=self._words(chance, chance.randrange(_WORDS // 2, _WORDS * 3 // 2)),
            source=f"source {min(chance.randrange(10), 5)}",
            language=chance.choice(("en", "en", "hi")),
            topics=tuple({f"topic {chance.randrange(20)}" for _ in range(chance.randrange(3))}),
            published=seen,
            first_seen=seen,
            fetched=seen,
        )

    def _words(self, chance: random.Random, count: int) -> str:
        total = self._sums[-1]
        return " ".join(f"w{bisect.bisect(self._sums, chance.random() * total)}" for _ in range(count))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One kind of search on both stores."""

    name: str
    ours: Callable[[], object]
    plain: Callable[[], object]


def main() -> None:
    """Run all and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=50_000)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=21)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ours, plain = Path(folder, "index.db"), Path(folder, "plain.db")
        print(f"{options.articles:,} articles, {options.processes} processes, {options.rounds} rounds")
        _fill_both(ours, plain, options.articles, options.processes)
        with closing(open_index(ours)) as index, closing(sqlite3.connect(plain)) as connection:
            stats = index.stats()
            print(
                f"index {stats.bytes / 1e6:,.0f} MB, {stats.words:,} words; plain {plain.stat().st_size / 1e6:,.0f} MB"
            )
            print(f"{'search':34} {'p50 ms':>8} {'p95 ms':>8} {'plain p50':>10} {'p95':>8} {'ratio':>6}")
            for question in _questions(index, connection):
                _report(question, options.rounds)


def _fill_both(ours: Path, plain: Path, articles: int, processes: int) -> None:
    seconds = _filled(_put_ours, ours, articles, processes)
    plain_seconds = _filled(_put_plain, plain, articles, processes)
    rate, plain_rate = articles / seconds, articles / plain_seconds
    print(f"put: {rate:,.0f} articles/s; plain FTS5 {plain_rate:,.0f}/s; ratio {plain_rate / rate:.2f}")


def _filled(put: Put, file: Path, articles: int, processes: int) -> float:
    """Seconds from the moment when every process has its texts ready until the last one has put them."""
    put(file, [])  # makes the tables
    context = multiprocessing.get_context("spawn")
    ready = context.Barrier(processes + 1)
    workers = [
        context.Process(target=_work, args=(put, file, range(first, articles, processes), ready))
        for first in range(processes)
    ]
    for worker in workers:
        worker.start()
    ready.wait()
    started = time.perf_counter()
    for worker in workers:
        worker.join()
        assert worker.exitcode == 0
    return time.perf_counter() - started


def _work(put: Put, file: Path, numbers: range, ready: threading.Barrier) -> None:
    texts = Texts()
    documents = [texts.document(number) for number in numbers]
    ready.wait()
    put(file, documents)


def _put_ours(file: Path, documents: Sequence[Document]) -> None:
    with closing(open_index(file)) as index:
        for first in range(0, len(documents), _BATCH):
            index.put(documents[first : first + _BATCH])


def _put_plain(file: Path, documents: Sequence[Document]) -> None:
    with closing(sqlite3.connect(file, timeout=60, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(
            "CREATE VIRTUAL TABLE IF NOT EXISTS news USING"
            " fts5(title, body, source UNINDEXED, seen UNINDEXED, tokenize='unicode61')"
        )
        for first in range(0, len(documents), _BATCH):
            batch = documents[first : first + _BATCH]
            rows = [(d.title, d.body, d.source, int(d.first_seen.timestamp())) for d in batch]
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany("INSERT INTO news (title, body, source, seen) VALUES (?, ?, ?, ?)", rows)
            connection.execute("COMMIT")


def _questions(index: SearchIndex, plain: sqlite3.Connection) -> Iterator[Question]:
    near, boolean = "NEAR(w150 w200, 5)", "((w300 OR w400 OR w500 OR w600) AND (w700 OR w800 OR w900 OR w1000)) NOT w60"
    for name, text, match in (
        (f"{_NEAR}, newest 10", _NEAR, near),
        ("nine terms, newest 10", _BOOLEAN, boolean),
        ("rare word, newest 10", _RARE, _RARE),
        ("frequent word, newest 10", _COMMON, _COMMON),
    ):
        yield Question(name=name, ours=_page(index, text, Sort.NEWEST), plain=_newest(plain, match))
    for name, text in (("rare word, best 10", _RARE), ("frequent word, best 10", _COMMON)):
        yield Question(name=name, ours=_page(index, text, Sort.RELEVANCE), plain=_best(plain, text))
    ordered = _NEAR.replace("NEAR", "PRE")
    yield Question(
        name=f"{ordered} (verified), newest 10", ours=_page(index, ordered, Sort.NEWEST), plain=_newest(plain, near)
    )
    sources, days = (FacetField.SOURCE,), (FacetField.DAY,)
    for name, text, match in (("nine terms", _BOOLEAN, boolean), ("frequent word", _COMMON, _COMMON)):
        yield Question(
            name=f"{name}, facet source", ours=_facets(index, text, sources), plain=_counts(plain, match, "source")
        )
        yield Question(
            name=f"{name}, facet day", ours=_facets(index, text, days), plain=_counts(plain, match, f"seen / {_DAY}")
        )


def _page(index: SearchIndex, text: str, sort: Sort) -> Callable[[], object]:
    query = parse(text)
    return lambda: index.search(query, sort=sort, limit=10)


def _facets(index: SearchIndex, text: str, fields: tuple[FacetField, ...]) -> Callable[[], object]:
    query = parse(text)
    return lambda: index.facets(query, fields)


def _newest(plain: sqlite3.Connection, match: str) -> Callable[[], object]:
    return _ten(plain, match, "seen DESC")


def _best(plain: sqlite3.Connection, match: str) -> Callable[[], object]:
    return _ten(plain, match, "bm25(news, 3.0, 1.0)")


def _ten(plain: sqlite3.Connection, match: str, order: str) -> Callable[[], object]:
    """The same work as ours: a total, ten rows, their snippets."""
    snippet = "snippet(news, 1, '[', ']', '…', 40)"
    sql = f"SELECT rowid, title, {snippet} FROM news WHERE news MATCH ? ORDER BY {order} LIMIT 10"  # noqa: S608 - our own
    return lambda: (_total(plain, match), plain.execute(sql, (match,)).fetchall())


def _total(plain: sqlite3.Connection, match: str) -> object:
    return plain.execute("SELECT count(*) FROM news WHERE news MATCH ?", (match,)).fetchone()


def _counts(plain: sqlite3.Connection, match: str, column: str) -> Callable[[], object]:
    sql = f"SELECT {column}, count(*) FROM news WHERE news MATCH ? GROUP BY 1"  # noqa: S608 - our own columns
    return lambda: plain.execute(sql, (match,)).fetchall()


def _report(question: Question, rounds: int) -> None:
    ours, plain = _milliseconds(question.ours, rounds), _milliseconds(question.plain, rounds)
    ratio = ours[0] / plain[0]
    print(f"{question.name:34} {ours[0]:8.1f} {ours[1]:8.1f} {plain[0]:10.1f} {plain[1]:8.1f} {ratio:6.2f}")


def _milliseconds(ask: Callable[[], object], rounds: int) -> tuple[float, float]:
    """(p50, p95) after one call that warms the cache."""
    ask()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        ask()
        times.append((time.perf_counter() - started) * 1_000)
    return statistics.median(times), statistics.quantiles(times, n=20, method="inclusive")[-1]


if __name__ == "__main__":
    main()
