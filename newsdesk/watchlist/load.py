"""From the file to the checked watchlist, or to all that is wrong with it at once."""

import hashlib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from pydantic import ValidationError

from extractors.records import SiteOverride
from newsdesk.errors import WatchlistError
from newsdesk.model import DomainSpec, FeedSpec, Reader, Rule, Topic, Watchlist
from newsdesk.query import parse
from newsdesk.watchlist.document import Document, Problem, read_document
from newsdesk.watchlist.faults import shape_problems
from newsdesk.watchlist.references import feed_problems, query_problems, reference_problems
from newsdesk.watchlist.shape import FeedShape, ReaderShape, RuleShape, TopicShape, WatchlistShape
from newsdesk.watchlist.versions import topic_version

_LARGEST = 20_000_000  # bytes


def load_watchlist(path: Path) -> Watchlist:
    """The watchlist in the YAML file at `path`. Raises WatchlistError with all its problems, in the order of lines.

    A file that stays as it is is read once: who works on for ever asks for it each minute.
    """
    return _loaded(path, read_text(path))


@lru_cache(maxsize=2)
def _loaded(path: Path, text: str) -> Watchlist:
    document = read_document(text)
    shape = check_form(document)
    if isinstance(shape, WatchlistShape):
        made = make_watchlist(path, shape)
        return replace(made, digest=hashlib.sha256(repr(made.feeds).encode()).hexdigest()[:32])
    ordered = sorted(shape, key=lambda problem: problem.line)
    raise WatchlistError(tuple(dict.fromkeys(problem.show(str(path)) for problem in ordered)))


def read_text(path: Path) -> str:
    """What stands in the file, or a WatchlistError that says why it cannot be read."""
    try:
        content = path.read_bytes()
    except OSError as error:
        advice = "write one, or name another file in NEWSDESK_WATCHLIST"
        raise WatchlistError((f"{path}:1: the watchlist cannot be read ({error.strerror}); {advice}",)) from error
    if len(content) > _LARGEST:
        raise WatchlistError((f"{path}:1: the watchlist has more than {_LARGEST} bytes; split it",))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise WatchlistError((f"{path}:{line}: the file is not in UTF-8; save it as UTF-8",)) from error


def check_form(document: Document) -> WatchlistShape | list[Problem]:
    """The watchlist in its right shape, or what is wrong: the shape, and what can be judged in spite of it."""
    problems = list(document.problems)
    if not isinstance(document.value, dict):
        advice = "write version: 1 and, below it, feeds:, topics:, readers: and rules:"
        what = "the watchlist is empty" if document.value is None else "the watchlist must hold keys"
        return problems or [Problem(line=1, path=(), message=what, remedy=advice)]
    shape: WatchlistShape | None = None
    try:
        shape = WatchlistShape.model_validate(document.value)
    except ValidationError as error:
        problems += shape_problems(error, document)
    problems += feed_problems(document)
    problems += query_problems(document)
    problems += reference_problems(document)
    return problems if problems or shape is None else shape


def make_watchlist(path: Path, shape: WatchlistShape) -> Watchlist:
    """The checked watchlist as the rest of the product knows it."""
    return Watchlist(
        path=str(path),
        feeds=tuple(make_feed(feed) for feed in shape.feeds),
        topics=tuple(make_topic(topic_id, topic) for topic_id, topic in shape.topics.items()),
        readers=tuple(_reader(reader_id, reader) for reader_id, reader in shape.readers.items()),
        rules=tuple(make_rule(rule_id, rule) for rule_id, rule in shape.rules.items()),
        sites=tuple(SiteOverride(host=host, **dict(site)) for host, site in shape.sites.items()),
        domains=tuple(
            DomainSpec(domain=host.removeprefix("*."), spacing_seconds=domain.spacing)
            for host, domain in shape.domains.items()
        ),
    )


def make_feed(shape: FeedShape) -> FeedSpec:
    """One feed."""
    return FeedSpec(
        url=shape.url,
        name=shape.name,
        language=shape.language,
        tier=shape.tier,
        every_seconds=shape.every,
        default_zone=shape.default_zone,
        day_first=shape.day_first,
        licence=shape.licence,
        engine=shape.engine,
        user_agent=shape.user_agent,
        headers=tuple(shape.headers.items()),
        proxy=shape.proxy,
        robots=shape.robots,
        websub=shape.websub,
        back_fill=shape.back_fill,
        folder=shape.folder,
        outline=tuple(shape.outline.items()),
    )


def make_topic(topic_id: str, shape: TopicShape) -> Topic:
    """One topic. Raises QueryError."""
    query = parse(shape.query)
    return Topic(
        id=topic_id,
        title=shape.title,
        query=query,
        languages=shape.languages,
        sources=shape.sources,
        at_least=shape.at_least,
        version=topic_version(query, shape),
        positive=shape.examples.match,
        negative=shape.examples.no_match,
        medtop=shape.medtop,
    )


def _reader(reader_id: str, shape: ReaderShape) -> Reader:
    return Reader(id=reader_id, address=shape.address, name=shape.name, zone=shape.zone, language=shape.language)


def make_rule(rule_id: str, shape: RuleShape) -> Rule:
    """One rule."""
    return Rule(id=rule_id, title=shape.title, topics=shape.topics, readers=shape.readers, send=shape.send)
