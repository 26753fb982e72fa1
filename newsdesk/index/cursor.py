"""The mark between two pages: where the reader stands, and the moment of the first page."""

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass

from newsdesk.errors import SearchIndexError
from newsdesk.index.protocol import Filters, Sort
from newsdesk.query import Query


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a reader stands after a page. It goes through URLs, so it may come back as anything: `read` checks it."""

    search: str  # which search: `name_of`
    generation: str  # which making of the index
    bound: int  # the last write transaction that counts
    total: int
    total_is_exact: bool
    key: int = 0  # newest, published: the sort value of the last article shown ...
    number: int = 0  # ... and its number
    seen: tuple[int, ...] = ()  # relevance, where scores change as others write: all numbers shown


def name_of(query: Query, sort: Sort, filters: Filters) -> str:
    """The same for the same words, order and bounds. By text, as "now" in a query moves on between two pages."""
    name = f"{query.text}\0{query.stemmed}\0{sort}\0{filters!r}"
    return hashlib.sha256(name.encode("utf-8", "replace")).hexdigest()[:16]


def write(cursor: Cursor) -> str:
    """The mark as text, safe in URLs."""
    fields = (
        cursor.search,
        cursor.generation,
        cursor.bound,
        cursor.total,
        int(cursor.total_is_exact),
        cursor.key,
        cursor.number,
        *cursor.seen,
    )
    return base64.urlsafe_b64encode(json.dumps(fields, separators=(",", ":")).encode()).decode().rstrip("=")


def read(text: str, *, search: str, generation: str) -> Cursor:
    """The mark of this search on this index; `SearchIndexError` for anything else."""
    try:
        fields = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        found_search, found_generation, *numbers = fields
        if not all(type(number) is int and abs(number) < 2**63 for number in numbers):
            raise ValueError(text)
        bound, total, total_is_exact, key, number, *seen = numbers
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise SearchIndexError("This is no mark of a page of results; begin with the first page.") from error
    if found_search != search:
        raise SearchIndexError("This page belongs to another search; begin with the first page.")
    if found_generation != generation:
        raise SearchIndexError("The index was made anew since the first page; begin with the first page.")
    return Cursor(
        search=search,
        generation=generation,
        bound=bound,
        total=total,
        total_is_exact=bool(total_is_exact),
        key=key,
        number=number,
        seen=tuple(seen),
    )
