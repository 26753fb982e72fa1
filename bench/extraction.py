"""How well and how dear articles are extracted: our cascade beside single engines, page by page in one process.

    python bench/extraction.py [--engines cascade trafilatura newspaper] [--newspaper3k [PYTHON]] [--every 1]
        [--write FOLDER]

`newspaper` is newspaper4k, which our environment holds. `--newspaper3k` adds newspaper3k: by the PYTHON that has it,
or in an environment that `bench/newspaper3k.py` makes, once.

Reads the folder `articles` (gold.json and gzipped pages) of the shared test data, beside the repository or where
NEWSDESK_SHARED points. Body F1 is that of the public article-extraction benchmark: multisets of runs of four words, F1
of the mean precision and the mean recall. CPU is to be read as a ratio only. newspaper's text depends on the hash
seed: set PYTHONHASHSEED to compare runs.
"""

import argparse
import contextlib
import gzip
import json
import os
import re
import statistics
import sys
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.newspaper3k import Newspaper3k, NoEnvironmentError, interpreter

_WORD = re.compile(r"\w+")
_DENSE = re.compile(r"([\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prediction:
    """What an engine made of a page."""

    title: str
    authors: tuple[str, ...]
    published: datetime | None
    body: str
    kind: str = ""
    cpu: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """A page and what is true of it."""

    page: str
    set: str
    url: str
    title: str
    authors: tuple[str, ...] | None
    published: datetime | None
    body: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The figures of one engine on one set; shares from 0 to 1, CPU in milliseconds."""

    pages: int
    body_f1: float
    lost: float  # pages with a body F1 under 0.5
    title: float
    authors: float
    day: float
    minute: float
    not_article: int
    cpu_median: float
    cpu_mean: float


def articles_folder() -> Path | None:
    """The folder with gold.json and the pages, None where the shared test data are absent."""
    shared = Path(os.environ.get("NEWSDESK_SHARED") or Path(__file__).resolve().parents[2] / "shared")
    candidates = (shared / "data" / "articles", shared / "articles")
    return next((folder for folder in candidates if (folder / "gold.json").is_file()), None)


def read_gold(folder: Path, *, every: int = 1) -> Iterator[Gold]:
    """The pages of the folder `articles`, each n-th of them."""
    rows: list[dict[str, Any]] = json.loads((folder / "gold.json").read_text("utf-8"))
    for row in rows[::every]:
        yield Gold(
            page=row["page"],
            set=row["set"],
            url=row["url"],
            title=row["title"] or "",
            authors=None if row["authors"] is None else tuple(row["authors"]),
            published=_instant(row["published"]),
            body=row["body"],
            content=gzip.decompress((folder / row["page"]).read_bytes()),
        )


def by_cascade(gold: Gold) -> Prediction:
    """Ours."""
    from extractors.article import extract_article

    found = extract_article(gold.content, gold.url)
    return Prediction(
        title=found.title, authors=found.authors, published=found.published, body=found.text, kind=found.kind.value
    )


def by_trafilatura(gold: Gold) -> Prediction:
    """Trafilatura in its precise mode, with its own metadata (no time of day)."""
    from trafilatura import bare_extraction

    found: Any = bare_extraction(
        gold.content, url=gold.url, favor_precision=True, include_comments=False, with_metadata=True
    )
    if found is None:
        return Prediction(title="", authors=(), published=None, body="")
    authors = tuple(name.strip() for name in (found.author or "").split(";") if name.strip())
    return Prediction(title=found.title or "", authors=authors, published=_instant(found.date), body=found.text or "")


def by_newspaper(gold: Gold) -> Prediction:
    """Newspaper through our door to it."""
    from extractors.decoding import decode
    from extractors.newspaper_engine import read_newspaper

    found = read_newspaper(decode(gold.content), gold.url)
    return Prediction(title=found.title, authors=found.authors, published=found.published, body=found.text)


ENGINES: dict[str, Callable[[Gold], Prediction]] = {
    "cascade": by_cascade,
    "trafilatura": by_trafilatura,
    "newspaper": by_newspaper,
}


def by_newspaper3k(process: Newspaper3k) -> Callable[[Gold], Prediction]:
    """The older newspaper, in a process of another environment, through the same door."""
    from extractors.decoding import decode

    def engine(gold: Gold) -> Prediction:
        found = process.read(decode(gold.content), gold.url)
        published = _instant(found.published)
        return Prediction(title=found.title, authors=found.authors, published=published, body=found.body, cpu=found.cpu)

    return engine


def predict(gold: Gold, engine: Callable[[Gold], Prediction]) -> Prediction:
    """The prediction with the CPU time of this thread, or of its own process; one that raises has found nothing."""
    start = time.thread_time()
    try:
        found = engine(gold)
    except Exception as error:
        print(f"  {gold.page}: {type(error).__name__}: {error}"[:200], file=sys.stderr)
        found = Prediction(title="", authors=(), published=None, body="")
    return Prediction(
        title=found.title,
        authors=found.authors,
        published=found.published,
        body=found.body,
        kind=found.kind,
        cpu=found.cpu or (time.thread_time() - start) * 1000,
    )


def score(pairs: Sequence[tuple[Gold, Prediction]]) -> Score:
    """The figures over these pages."""
    bodies = [body_overlap(gold.body, found.body) for gold, found in pairs]
    precision, recall = _mean(p for p, _ in bodies), _mean(r for _, r in bodies)
    dated = [(gold.published, found.published) for gold, found in pairs if gold.published]
    timed = [(true, found) for true, found in dated if true.tzinfo]
    return Score(
        pages=len(pairs),
        body_f1=_harmonic(precision, recall),
        lost=_mean(_harmonic(p or 0.0, r or 0.0) < 0.5 for p, r in bodies),
        title=_mean(_plain(gold.title) == _plain(found.title) for gold, found in pairs if gold.title),
        authors=_mean(
            _names(gold.authors) == _names(found.authors) for gold, found in pairs if gold.authors is not None
        ),
        day=_mean(bool(found and _days(true) & _days(found)) for true, found in dated),
        minute=_mean(
            bool(found and found.tzinfo and abs((true - found).total_seconds()) <= 120) for true, found in timed
        ),
        not_article=sum(found.kind not in {"", "article", "live-blog"} for _, found in pairs),
        cpu_median=statistics.median(found.cpu for _, found in pairs),
        cpu_mean=_mean(found.cpu for _, found in pairs),
    )


def body_overlap(gold: str, found: str) -> tuple[float | None, float | None]:
    """Precision and recall of the runs of four words; None where there is nothing to divide by."""
    true, said = _runs(gold), _runs(found)
    hits = (true & said).total()
    return (hits / said.total() if said else None), (hits / true.total() if true else None)


def _runs(text: str) -> Counter[tuple[str, ...]]:
    words = _WORD.findall(_DENSE.sub(r" \1 ", text or ""))
    return Counter(tuple(words[i : i + 4]) for i in range(max(1, len(words) - 3)) if words)


def _plain(text: str) -> str:
    letters = "".join(c for c in unicodedata.normalize("NFKD", text or "") if not unicodedata.combining(c))
    return " ".join(_WORD.findall(letters.casefold()))


def _names(names: Iterable[str] | None) -> set[str]:
    return {_plain(name) for name in names or ()} - {""}


def _days(instant: datetime) -> set[Any]:
    return {instant.date()} | ({instant.astimezone(UTC).date()} if instant.tzinfo else set())


def _instant(text: str | None) -> datetime | None:
    try:
        return datetime.fromisoformat(text.strip()) if text else None
    except ValueError:
        return None


def _mean(values: Iterable[float | None]) -> float:
    kept = [value for value in values if value is not None]
    return statistics.fmean(kept) if kept else float("nan")


def _harmonic(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def main() -> None:
    """Reads the arguments, runs the engines in turn on each page, prints a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=list(ENGINES))
    parser.add_argument("--newspaper3k", nargs="?", const="make", metavar="PYTHON", help="compare with newspaper3k too")
    parser.add_argument("--every", type=int, default=1, help="take each n-th page only")
    parser.add_argument("--write", type=Path, help="folder for the predictions, one JSON object a line")
    options = parser.parse_args()
    folder = articles_folder()
    if folder is None:
        sys.exit("no gold.json is there: set NEWSDESK_SHARED to the folder of the shared test data")
    engines = {name: ENGINES[name] for name in options.engines}
    with contextlib.ExitStack() as stack:
        if options.newspaper3k:
            process = stack.enter_context(Newspaper3k(_python_with_newspaper3k(options.newspaper3k)))
            engines["newspaper3k"] = by_newspaper3k(process)
        found = _run(engines, read_gold(folder, every=options.every))
    _print_table(found)
    if options.write:
        _write(options.write, found)


def _python_with_newspaper3k(given: str) -> Path:
    try:
        return interpreter() if given == "make" else Path(given)
    except NoEnvironmentError as error:
        sys.exit(f"newspaper3k's environment cannot be made: {error}")


def _run(
    engines: dict[str, Callable[[Gold], Prediction]], pages: Iterable[Gold]
) -> dict[str, list[tuple[Gold, Prediction]]]:
    """Page by page, each engine in turn: what else the machine does falls on all of them alike."""
    found: dict[str, list[tuple[Gold, Prediction]]] = {name: [] for name in engines}
    for place, gold in enumerate(pages):
        for name, engine in engines.items():
            if not place:
                predict(gold, engine)  # warm: imports and models are not the page's cost
            found[name].append((gold, predict(gold, engine)))
    return found


def _print_table(found: dict[str, list[tuple[Gold, Prediction]]]) -> None:
    heads = ("body F1", "< 0.5", "title", "authors", "day", "minute", "no art.", "CPU ms", "ratio")
    widths = (9, 7, 7, 9, 7, 8, 9, 8, 7)
    print(f"{'set':8}{'engine':13}{'pages':>6}" + "".join(f"{h:>{w}}" for h, w in zip(heads, widths, strict=True)))
    sets = sorted({gold.set for pairs in found.values() for gold, _ in pairs})
    for name in sets:
        scores = {engine: score([p for p in pairs if p[0].set == name]) for engine, pairs in found.items()}
        yardstick = scores["newspaper"].cpu_mean if "newspaper" in scores else float("nan")
        for engine, s in scores.items():
            print(f"{name:8}{engine:13}{s.pages:6}{s.body_f1:9.4f}{s.lost:7.1%}{s.title:7.3f}{s.authors:9.3f}", end="")
            print(f"{s.day:7.3f}{s.minute:8.3f}{s.not_article:9}{s.cpu_median:8.1f}{s.cpu_mean / yardstick:7.2f}")


def _write(folder: Path, found: dict[str, list[tuple[Gold, Prediction]]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for engine, pairs in found.items():
        rows = (
            {
                "page": gold.page,
                "title": said.title,
                "authors": said.authors,
                "published": said.published.isoformat() if said.published else None,
                "body": said.body,
                "kind": said.kind,
                "cpu_ms": said.cpu,
            }
            for gold, said in pairs
        )
        lines = (json.dumps(row, ensure_ascii=False) for row in rows)
        (folder / f"{engine}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
