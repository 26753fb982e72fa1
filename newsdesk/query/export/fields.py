"""What all exports share: the names of fields in the index, and what cannot be exported at all."""

from newsdesk.query.errors import shortened
from newsdesk.query.export.errors import ExportError
from newsdesk.query.render import render
from newsdesk.query.stems import FORMS_OF
from newsdesk.query.tree import TEXT_FIELDS, Near, Node, Phrase, phrases

_NAMES = {"lang": "language", "topic": "topics", "author": "authors"}


def name_in_index(field: str) -> str:
    """The index's name of one of our fields."""
    return _NAMES.get(field, field)


def text_fields_of(node: Phrase | Near) -> tuple[str, ...]:
    """Where a phrase or NEAR may stand: in any one of these."""
    field = next(phrases(node)).field
    return TEXT_FIELDS if field is None else (field,)


def refuse_forms(node: Node, language: str) -> None:
    """An ExportError for a stemmed search: what a word's forms are is known by the language of each article only."""
    for phrase in phrases(node):
        if any(part.startswith(FORMS_OF) for part in phrase.parts):
            raise ExportError(
                f"{language} has no words in all their forms: {shortened(render(phrase))}.",
                construct="words in all their forms",
                remedy="Ask without stems, or name the forms by a wildcard.",
            )


def is_unicode(value: str) -> bool:
    """Whether a value can be sent at all: half of a surrogate pair, as from a broken command line, cannot."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def single_stars(pattern: str) -> str:
    """A wildcard with one star where several stand side by side; they mean the same."""
    while "**" in pattern:
        pattern = pattern.replace("**", "*")
    return pattern
