"""What the exports to text share."""

from collections.abc import Iterable

from newsdesk.query.export.errors import ExportError
from newsdesk.query.tree import Near, Phrase

AS_LUCENE = "Save it as a Lucene query."
AS_FILTER = "Save it as a DSL filter."


def bracketed(operator: str, clauses: Iterable[str]) -> str:
    """The clauses under one operator, in brackets unless there is only one."""
    clauses = list(clauses)
    return clauses[0] if len(clauses) == 1 else f"({f' {operator} '.join(clauses)})"


def name_of(near: Near) -> str:
    """The operator, such as NEAR/5."""
    return f"{'PRE' if near.ordered else 'NEAR'}/{near.distance}"


def as_phrases(near: Near) -> tuple[Phrase, ...]:
    """The phrases of which any one says the same, where nothing may stand between two words or phrases; else none."""
    left, right = near.left, near.right
    if near.distance or not (isinstance(left, Phrase) and isinstance(right, Phrase)):
        return ()
    orders = [(left, right)] if near.ordered or left.parts == right.parts else [(left, right), (right, left)]
    boost = max(left.boost, right.boost)
    return tuple(Phrase(a.field, a.parts + b.parts, boost, near.column) for a, b in orders)


def no_text(field: str, language: str) -> ExportError:
    """For a value with characters that are none."""
    return ExportError(
        f"The value of {field}: cannot be written in {language}: it holds half of a character.",
        construct=f"{field}: with a broken value",
        remedy="Type the value again.",
    )
