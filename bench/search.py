"""The embedded index at size: articles a second from several processes, and how long searches take.

`python bench/search.py [--articles N] [--processes P] [--rounds R] [--keep FOLDER]` makes texts of words with Zipf
frequencies, puts them into the index from P processes, and asks typical questions. Beside each figure stands that of a
plain FTS5 table (tokenize=unicode61, the same texts, one row for all) in the same run: read the ratio, as machines
differ. *CPU*: milliseconds of a core, as others may use the machine too; *cold*: the first answer of a new connection,
the file not in the memory of the system. With --keep the two files stay in the folder, and a second run asks them
without making them again.
"""

import argparse
import itertools
import multiprocessing
import os
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
from functools import partial
from hashlib import sha256
from multiprocessing.queues import SimpleQueue
from pathlib import Path

from newsdesk.index import NO_FILTERS, Document, FacetField, Filters, SearchIndex, Sort, open_index
from newsdesk.query import Query, parse

_VOCABULARY = 100_000  # words that come back
_NAMES = 1_000_000  # words that hardly do, as names, numbers and slips of the pen: one in two texts
_WORDS = 210  # of a text, on average
_SOURCES = 200
_BATCH = 200
_ROUND = 20_000  # articles made at a time, by all processes together
_START = datetime(2026, 1, 1, tzinfo=UTC)
_DAY = 86_400
_PATIENCE = 600  # seconds for a round
_FIELDS = (FacetField.TOPIC, FacetField.SOURCE, FacetField.LANGUAGE, FacetField.DAY)

Put = Callable[[Sequence[Document]], object]


def word(rank: int) -> str:
    """The word of that rank. One in four is the base of others, which are rarer: plurals and the like."""
    slot, form = divmod(rank, 4)
    distance = (1, 3, 7, 15)[form]
    root = slot // distance if slot % distance == 0 else _VOCABULARY + rank
    letters: list[str] = []
    while root or not letters:
        root, digit = divmod(root, 60)
        letters.append("bdfgklmnprtv"[digit // 5] + "aiouy"[digit % 5])
    return f"{''.join(letters)}nk{('', 's', 'ed', 'ing')[form]}"


class Texts:
    """Texts by number: the same number, the same text, in whichever process."""

    def __init__(self) -> None:
        self._vocabulary = [word(rank) for rank in range(_VOCABULARY)]
        self._sums = list(itertools.accumulate((rank + 10) ** -1.05 for rank in range(_VOCABULARY)))
        self._sources = list(itertools.accumulate(1 / (rank + 1) for rank in range(_SOURCES)))

    def document(self, number: int) -> Document:
        """Article `number`; articles arrive one a minute."""
        chance = random.Random(number)
        seen = _START + timedelta(minutes=number)
        (source,) = chance.choices(range(_SOURCES), cum_weights=self._sources)
        return Document(
            id=sha256(str(number).encode()).hexdigest()[:32],
            version=1,
            url=f"https://news.example/{number}",
            title=self._words(chance, 9),
            body=self._words(chance, chance.randrange(_WORDS // 2, _WORDS * 3 // 2)),
            source=f"Source {source}",
            language=chance.choice((*["en"] * 8, "hi", None)),
            topics=tuple({f"topic {chance.randrange(20)}" for _ in range(chance.randrange(3))}),
            published=seen,
            first_seen=seen,
            fetched=seen,
        )

    def _words(self, chance: random.Random, count: int) -> str:
        words = chance.choices(self._vocabulary, cum_weights=self._sums, k=count)
        if chance.random() < 0.5:
            words[chance.randrange(count)] = f"x{chance.randrange(_NAMES)}"
        return " ".join(words)


# Words by rank: 60 is in a quarter of all texts, 3,000 in one of 130.
_NEAR = f"{word(152)} NEAR/5 {word(200)}"
_PLAIN_NEAR = f"NEAR({word(152)} {word(200)}, 5)"
_EITHER, _OTHER = (" OR ".join(map(word, ranks)) for ranks in ((300, 400, 500, 600), (700, 800, 900, 1000)))
_NINE = f"({_EITHER}) AND ({_OTHER}) NOT {word(60)}"
_PLAIN_NINE = f"(({_EITHER}) AND ({_OTHER})) NOT {word(60)}"
_RARE, _COMMON = word(3000), word(60)
_PHRASE = f'"{word(20)} {word(28)}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One kind of search on both stores."""

    name: str
    query: Query
    ask: Callable[[SearchIndex, Query], object]
    plain: Callable[[sqlite3.Connection], object]
    filters: Filters = NO_FILTERS


def main() -> None:
    """Run all and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=50_000)
    parser.add_argument("--processes", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = options.keep or Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        ours, plain = place / "index.db", place / "plain.db"
        print(f"{options.articles:,} articles, {options.processes} processes, {options.rounds} rounds")
        if not ours.exists():
            _fill_both(ours, plain, options.articles, options.processes)
        _ask_both(ours, plain, options.rounds)


# ------------------------------------------------------------------ putting articles in


def _fill_both(ours: Path, plain: Path, articles: int, processes: int) -> None:
    with closing(open_index(ours)), closing(_plain(plain)):
        pass  # the tables are made
    context = multiprocessing.get_context("spawn")
    barrier, spent = context.Barrier(processes + 1, timeout=_PATIENCE), context.SimpleQueue()
    rounds = [range(first, min(first + _ROUND, articles)) for first in range(0, articles, _ROUND)]
    shares = [[numbers[one::processes] for numbers in rounds] for one in range(processes)]
    workers = [context.Process(target=_work, args=((ours, plain), share, barrier, spent)) for share in shares]
    for worker in workers:
        worker.start()
    seconds = [0.0, 0.0]
    for _, store in itertools.product(rounds, (0, 1)):
        barrier.wait()
        started = time.perf_counter()
        barrier.wait()
        seconds[store] += time.perf_counter() - started
    of_cores = [sum(store) for store in zip(*(spent.get() for _ in workers), strict=True)]
    for worker in workers:
        worker.join()
    rate, plain_rate = articles / seconds[0], articles / seconds[1]
    print(f"put: {rate:,.0f} articles/s; plain FTS5 {plain_rate:,.0f}/s; ratio {plain_rate / rate:.2f}")
    rates = " articles; plain FTS5 ".join(f"{articles / store:,.0f}" for store in of_cores)
    print(f"put: each second of a core {rates}", flush=True)


def _work(
    files: tuple[Path, Path], share: Sequence[range], barrier: threading.Barrier, spent: "SimpleQueue[list[float]]"
) -> None:
    """Make a share of each round, and put it into one store after the other, at once with the other processes."""
    texts, seconds = Texts(), [0.0, 0.0]
    with closing(open_index(files[0])) as index, closing(_plain(files[1])) as connection:
        puts: tuple[Put, Put] = (index.put, partial(_put_plain, connection))
        for numbers in share:
            documents = [texts.document(number) for number in numbers]
            for store, put in enumerate(puts):
                barrier.wait()
                started = time.process_time()
                for first in range(0, len(documents), _BATCH):
                    put(documents[first : first + _BATCH])
                seconds[store] += time.process_time() - started
                barrier.wait()
    spent.put(seconds)


def _plain(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=60, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-65536", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {pragma}")
    columns = "title, body, source UNINDEXED, language UNINDEXED, seen UNINDEXED"
    connection.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS news USING fts5({columns}, tokenize='unicode61')")
    return connection


def _put_plain(connection: sqlite3.Connection, batch: Sequence[Document]) -> None:
    rows = [(d.title, d.body, d.source, d.language, int(d.first_seen.timestamp())) for d in batch]
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO news (title, body, source, language, seen) VALUES (?, ?, ?, ?, ?)", rows)
    connection.execute("COMMIT")


# ------------------------------------------------------------------ asking


def _ask_both(ours: Path, plain: Path, rounds: int) -> None:
    with closing(open_index(ours)) as index, closing(_plain(plain)) as connection:
        stats = index.stats()
        sizes = f"index {stats.bytes / 1e6:,.0f} MB, {stats.words:,} words; plain {plain.stat().st_size / 1e6:,.0f} MB"
        print(f"{stats.documents:,} articles, {sizes}")
        heads = ("hits", "p50 ms", "p95", "CPU p95", "cold", "plain", "p95", "ratio")
        print(f"{'search':44} {' '.join(f'{head:>8}' for head in heads)}")
        for question in _questions():
            cold = _cold(ours, question)
            found = _milliseconds(partial(question.ask, index, question.query), rounds)
            other = _milliseconds(partial(question.plain, connection), rounds)
            figures = (*found, cold, *other[:2], found[0] / other[0])
            hits = index.count(question.query, filters=question.filters)
            print(f"{question.name:44} {hits:8,} {' '.join(f'{figure:8.1f}' for figure in figures)}", flush=True)


def _questions() -> Iterator[Question]:
    words = {"NEAR": (_NEAR, _PLAIN_NEAR), "nine terms": (_NINE, _PLAIN_NINE)}
    words |= {"rare word": (_RARE, _RARE), "frequent word": (_COMMON, _COMMON), "phrase": (_PHRASE, _PHRASE)}
    for name, (text, match) in words.items():
        for sort, order in ((Sort.NEWEST, "seen DESC"), (Sort.RELEVANCE, "bm25(news, 3.0, 1.0)")):
            ask, plain = partial(_page, sort=sort), partial(_ten, match=match, order=order)
            yield Question(name=f"{name}, {sort} 10", query=parse(text), ask=ask, plain=plain)
    newest = partial(_page, sort=Sort.NEWEST)
    for name, (text, match) in words.items():
        plain = partial(_ten, match=match, order="seen DESC")
        yield Question(name=f"{name} --stemmed, newest 10", query=parse(text, stemmed=True), ask=newest, plain=plain)
    ordered, near = _NEAR.replace("NEAR", "PRE"), partial(_ten, match=_PLAIN_NEAR, order="seen DESC")
    yield Question(name="PRE/5 (verified), newest 10", query=parse(ordered), ask=newest, plain=near)
    days = (_START + timedelta(days=20), _START + timedelta(days=27))
    filters = Filters(sources=("Source 3",), arrived_from=days[0], arrived_before=days[1])
    bounds = f"source = 'Source 3' AND seen >= {days[0].timestamp()} AND seen < {days[1].timestamp()}"
    yield Question(
        name="frequent word, 7 days of a source, newest 10",
        query=parse(_COMMON),
        ask=partial(_page, sort=Sort.NEWEST, filters=filters),
        plain=partial(_ten, match=_COMMON, order="seen DESC", bounds=bounds),
        filters=filters,
    )
    for name in ("NEAR", "nine terms", "frequent word"):
        text, match = words[name]
        for fields, columns in (
            ((FacetField.SOURCE,), ("source",)),
            ((FacetField.DAY,), (f"seen / {_DAY}",)),
            (_FIELDS, ("source", "language", f"seen / {_DAY}")),
        ):
            label = "four facets" if len(fields) > 1 else f"facet {fields[0]}"
            ask, plain = partial(_facets, fields=fields), partial(_counts, match=match, columns=columns)
            yield Question(name=f"{name}, {label}", query=parse(text), ask=ask, plain=plain)


def _page(index: SearchIndex, query: Query, *, sort: Sort, filters: Filters = NO_FILTERS) -> object:
    return index.search(query, sort=sort, limit=10, filters=filters)


def _facets(index: SearchIndex, query: Query, *, fields: tuple[FacetField, ...]) -> object:
    return index.facets(query, fields)


def _ten(plain: sqlite3.Connection, *, match: str, order: str, bounds: str = "1") -> object:
    """The same work as ours: a total, ten rows, their snippets."""
    snippet = "snippet(news, 1, '[', ']', '…', 40)"
    where = f"news MATCH ? AND {bounds}"
    sql = f"SELECT rowid, title, {snippet} FROM news WHERE {where} ORDER BY {order} LIMIT 10"  # noqa: S608 - our own
    total = f"SELECT count(*) FROM news WHERE {where}"  # noqa: S608 - our own
    return plain.execute(total, (match,)).fetchone(), plain.execute(sql, (match,)).fetchall()


def _counts(plain: sqlite3.Connection, *, match: str, columns: Sequence[str]) -> object:
    counts = (
        f"SELECT {column}, count(*) FROM news WHERE news MATCH ? GROUP BY 1"  # noqa: S608 - our own columns
        for column in columns
    )
    return [plain.execute(sql, (match,)).fetchall() for sql in counts]


def _milliseconds(ask: Callable[[], object], rounds: int) -> tuple[float, float, float]:
    """(p50, p95, p95 of the CPU's time) after one call that warms the cache."""
    ask()
    times, spent = [], []
    for _ in range(rounds):
        started = time.thread_time()
        times.append(_time(ask))
        spent.append((time.thread_time() - started) * 1_000)
    return statistics.median(times), _p95(times), _p95(spent)


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20, method="inclusive")[-1]


def _cold(file: Path, question: Question) -> float:
    """Milliseconds of the first answer of a new connection, the file read from disk."""
    descriptor = os.open(file, os.O_RDONLY)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(descriptor)
    with closing(open_index(file)) as index:
        return _time(partial(question.ask, index, question.query))


def _time(ask: Callable[[], object]) -> float:
    started = time.perf_counter()
    ask()
    return (time.perf_counter() - started) * 1_000


if __name__ == "__main__":
    main()
