"""Which articles may match: FTS5 MATCH texts and SQL over the row `m` of `meta`, and their algebra.

A condition may be wider than the query (`exact` False), never narrower.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

# FTS5 and SQL read brackets with a stack of 100 symbols; what lies deeper is left to the evaluator.
_DEEPEST = 12
_FOUND = "(SELECT rowid FROM news WHERE news MATCH ?)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Articles for which `match` holds, `without` does not, and each SQL text of `rows` does; None and (): no bound."""

    match: str | None = None
    without: str | None = None
    rows: tuple[str, ...] = ()
    parameters: tuple[str | int, ...] = ()  # of `rows`, in order
    exact: bool = True
    nothing: bool = False  # no article at all
    depth: int = 0  # of brackets

    @property
    def is_everything(self) -> bool:
        """No bound at all."""
        return not (self.nothing or self.rows or self.match is not None or self.without is not None)

    def as_text(self) -> str | None:
        """One MATCH text that says all of it, or None where SQL is needed."""
        if self.match is None or self.rows:
            return None
        return self.match if self.without is None else f"({self.match} NOT {self.without})"

    def as_sql(self) -> tuple[str, tuple[str | int, ...]]:
        """All of it as one SQL condition, with its parameters."""
        if self.nothing:
            return "0", ()
        parts, parameters = [], []
        for text, row in ((self.match, f"m.number IN {_FOUND}"), (self.without, f"m.number NOT IN {_FOUND}")):
            if text is not None:
                parts.append(row)
                parameters.append(text)
        return " AND ".join((*parts, *self.rows)) or "1", (*parameters, *self.parameters)


EVERYTHING = Condition()
NOTHING = Condition(nothing=True)
UNKNOWN = Condition(exact=False)  # every article, to be asked one by one


def negated(condition: Condition) -> Condition:
    """The contrary of one leaf. Of a leaf that is wider than the query it would lose articles: so, every article."""
    if condition.nothing:
        return EVERYTHING
    if not condition.exact:
        return UNKNOWN
    if condition.is_everything:
        return NOTHING
    if condition.match is not None:
        return Condition(without=condition.match)
    sql, parameters = condition.as_sql()
    return Condition(rows=(f"NOT ({sql})",), parameters=parameters)


def all_of(conditions: Sequence[Condition]) -> Condition:
    """What fulfils every one."""
    return _shallow(narrowed(conditions))


def narrowed(conditions: Sequence[Condition]) -> Condition:
    """What fulfils every one, however deep: for bounds that are no part of a query, which nobody would verify."""
    if any(condition.nothing for condition in conditions):
        return NOTHING
    matches = [condition.match for condition in conditions if condition.match is not None]
    unwanted = [condition.without for condition in conditions if condition.without is not None]
    return Condition(
        match=joined("AND", matches) if matches else None,
        without=joined("OR", unwanted) if unwanted else None,
        rows=tuple(row for condition in conditions for row in condition.rows),
        parameters=tuple(value for condition in conditions for value in condition.parameters),
        exact=all(condition.exact for condition in conditions),
        depth=1 + max(condition.depth for condition in conditions),
    )


def any_of(conditions: Sequence[Condition]) -> Condition:
    """What fulfils at least one."""
    open_ones = [condition for condition in conditions if condition.is_everything]
    if open_ones:
        return EVERYTHING if any(condition.exact for condition in open_ones) else UNKNOWN
    live = [condition for condition in conditions if not condition.nothing]
    if not live:
        return NOTHING
    texts = [text for condition in live if (text := condition.as_text()) is not None]
    others = [condition for condition in live if condition.as_text() is None]
    exact = all(condition.exact for condition in live)
    depth = 1 + max(condition.depth for condition in live)
    match = joined("OR", texts) if texts else None
    if not others:
        return _shallow(Condition(match=match, exact=exact, depth=depth))
    if match is not None:
        others.append(Condition(match=match))
    pairs = [condition.as_sql() for condition in others]
    row = " OR ".join(f"({sql})" for sql, _ in pairs)
    parameters = tuple(value for _, values in pairs for value in values)
    return _shallow(Condition(rows=(f"({row})",), parameters=parameters, exact=exact, depth=depth))


def joined(operator: str, texts: Iterable[str]) -> str:
    """MATCH texts under one operator, in brackets unless there is only one."""
    texts = list(dict.fromkeys(texts))
    return texts[0] if len(texts) == 1 else f"({f' {operator} '.join(texts)})"


def merged(condition: Condition) -> Condition:
    """The same with `without` inside `match`, or as SQL where nothing is wanted: what a reader runs."""
    if condition.without is None:
        return condition
    if condition.match is not None:
        text = f"({condition.match} NOT {condition.without})"
        return replace(condition, match=text, without=None)
    sql, parameters = condition.as_sql()
    return replace(condition, without=None, rows=(sql,), parameters=parameters)


def _shallow(condition: Condition) -> Condition:
    return condition if condition.depth <= _DEEPEST else UNKNOWN
