"""Faults beyond the shape: feeds that are named twice, queries that cannot be read, references that lead nowhere.

All work on the plain values, so that one fault in an entry hides no other.
"""

from collections.abc import Collection, Iterator

from extractors.records import ExtractError
from extractors.urls import canonical_key
from newsdesk.query import QueryError, parse
from newsdesk.query.tree import And, Keyword, Node, Not, Or
from newsdesk.watchlist.checks import check_url, suggest
from newsdesk.watchlist.document import Document, Path, Problem, Value, children, entries

_UNKNOWN_YET = {"topic": "since all topics are found at once", "story": "which an article gets after its topics"}
_INSTEAD = {"topic": "write that topic's words here", "story": "write the words of that story here"}


def feed_problems(document: Document) -> Iterator[Problem]:
    """Feeds that are the same as an earlier one, by address or name."""
    addresses: dict[str, int] = {}
    names: dict[str, int] = {}
    for number, feed in enumerate(entries(children(document.value).get("feeds"))):
        url, name = children(feed).get("url"), children(feed).get("name")
        key = _key(url)
        if key and addresses.setdefault(key, number) != number:
            yield _twice(addresses[key], ("feeds", number, "url"), "leads to the same place as the URL", document)
        if isinstance(name, str) and names.setdefault(name.strip(), number) != number:
            yield _twice(names[name.strip()], ("feeds", number, "name"), "is the same as the name", document)


def query_problems(document: Document) -> Iterator[Problem]:
    """Queries that cannot be read, with the place inside the query, and queries that no topic may have."""
    for topic_id, topic in children(children(document.value).get("topics")).items():
        path: Path = ("topics", topic_id, "query")
        written = children(topic).get("query")
        if not isinstance(written, str) or not written.strip():
            continue  # the shape tells it
        try:
            query = parse(written.strip())
        except QueryError as error:
            line, place = document.locate(path, error.column)
            yield Problem(line=line, path=path, message=f"{place}: {error.message}", remedy=error.advice)
            continue
        for field in ("topic", "story"):
            if _asks_for(query.tree, field):
                yield Problem(
                    line=document.line(path),
                    path=path,
                    message=f"a topic cannot ask for {field}:, {_UNKNOWN_YET[field]}",
                    remedy=_INSTEAD[field],
                )


def reference_problems(document: Document) -> Iterator[Problem]:
    """Names that nothing has. What is declared counts, even where something else is wrong with it."""
    sections = children(document.value)
    names = {str(children(feed).get("name")).strip() for feed in entries(sections.get("feeds"))}
    for topic_id, topic in children(sections.get("topics")).items():
        yield from _unknown(children(topic).get("sources"), names, ("topics", topic_id, "sources"), document)
    for rule_id, rule in children(sections.get("rules")).items():
        for section in ("topics", "readers"):
            known = children(sections.get(section))
            yield from _unknown(children(rule).get(section), known, ("rules", rule_id, section), document)


def _key(url: Value) -> str | None:
    try:
        return canonical_key(check_url(url.strip())) if isinstance(url, str) else None
    except (ValueError, ExtractError):
        return None  # the shape tells it


def _twice(first: int, path: Path, what: str, document: Document) -> Problem:
    line = document.line(("feeds", first))
    message = f"{what} of feeds[{first}] in line {line}"
    return Problem(line=document.line(path), path=path, message=message, remedy="remove one of the two, or correct it")


def _unknown(used: Value, known: Collection[str], path: Path, document: Document) -> Iterator[Problem]:
    what = {"topics": "topic", "readers": "reader", "sources": "feed"}[str(path[-1])]
    for number, name in enumerate(entries(used)):
        if isinstance(name, str) and name.strip() not in known:
            near = suggest(name, known) or f"add it to the {what}s of the watchlist, or remove it here"
            place: Path = (*path, number)
            message = f"there is no {what} {name!r}"
            yield Problem(line=document.line(place), path=place, message=message, remedy=near)


def _asks_for(node: Node, field: str) -> bool:
    match node:
        case Keyword():
            return node.field == field
        case And(nodes) | Or(nodes):
            return any(_asks_for(child, field) for child in nodes)
        case Not(child):
            return _asks_for(child, field)
        case _:
            return False
