"""The check that `newsdesk watchlist check` shows: all that is wrong with a file, and all that is hardly meant."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from newsdesk.model import Topic, Watchlist
from newsdesk.query import QueryError
from newsdesk.watchlist.document import Document, Problem, Value, children, entries, read_document
from newsdesk.watchlist.findings import Finding, Remark, Severity, finding_of_problem, finding_of_remark
from newsdesk.watchlist.lint import lint_parts, lint_watchlist
from newsdesk.watchlist.load import check_form, make_feed, make_rule, make_topic, make_watchlist, read_text
from newsdesk.watchlist.shape import FeedShape, RuleShape, TopicShape, WatchlistShape

S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What a check found, in the order of lines; `watchlist` is None where the file cannot be used as it is."""

    watchlist: Watchlist | None
    findings: tuple[Finding, ...]


def review_watchlist(path: Path, *, now: datetime) -> Review:
    """All findings on the file at `path`. What is faulty does not keep the rest from being judged.

    Raises WatchlistError where the file cannot be read at all.
    """
    document = read_document(read_text(path))
    form = check_form(document)
    if isinstance(form, WatchlistShape):
        watchlist = make_watchlist(path, form)
        return Review(watchlist=watchlist, findings=_findings((), lint_watchlist(watchlist, now=now), document))
    sound = lint_parts(_sound_parts(path, document), now=now)
    remarks = [remark for remark in sound if not any(_is_about(remark, problem) for problem in form)]
    return Review(watchlist=None, findings=_findings(form, remarks, document))


def _findings(
    problems: "list[Problem] | tuple[()]", remarks: "list[Remark] | tuple[Remark, ...]", document: Document
) -> tuple[Finding, ...]:
    order = list(Severity)
    found = [
        *map(finding_of_problem, problems),
        *(finding_of_remark(remark, document) for remark in remarks),
    ]
    return tuple(dict.fromkeys(sorted(found, key=lambda finding: (finding.line, order.index(finding.severity)))))


def _is_about(remark: Remark, problem: Problem) -> bool:
    """Whether the remark may be gone when the problem is: the problem lies in what the remark is about.

    Where examples or parts of a rule are missed, they may stand under a misspelled key.
    """
    is_missed = remark.path[-1] == "examples" or remark.path[0] == "rules"
    around = remark.path[:2] if is_missed else remark.path
    return problem.path[: len(around)] == around


# ------------------------------------------------------------------ what is sound in a faulty file


def _sound_parts(path: Path, document: Document) -> Watchlist:
    """The entries that can be judged, each without its faulty keys. Feeds go by number, so all of them or none."""
    sections = children(document.value)
    feeds = [_sound(FeedShape, children(feed)) for feed in entries(sections.get("feeds"))]
    rules = {key: _sound(RuleShape, children(rule)) for key, rule in children(sections.get("rules")).items()}
    return Watchlist(
        path=str(path),
        feeds=() if None in feeds else tuple(make_feed(feed) for feed in feeds if feed),
        topics=tuple(_sound_topics(children(sections.get("topics")))),
        readers=(),
        rules=tuple(make_rule(key, rule) for key, rule in rules.items() if rule),
    )


def _sound_topics(topics: Mapping[str, Value]) -> Iterator[Topic]:
    for key, written in topics.items():
        shape = _sound(TopicShape, {"title": key, **children(written)})
        try:
            if shape:
                yield make_topic(key, shape)
        except QueryError:
            continue  # it is among the problems


def _sound(shape: type[S], written: Mapping[str, Value]) -> S | None:
    try:
        return shape.model_validate(written)
    except ValidationError as error:
        faulty = {detail["loc"][0] for detail in error.errors(include_url=False)}
    try:
        return shape.model_validate({key: value for key, value in written.items() if key not in faulty})
    except ValidationError:
        return None  # something is missing
