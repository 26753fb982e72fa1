"""Help for queries that come from another language or name an unknown field."""

from collections.abc import Sequence
from difflib import get_close_matches

from newsdesk.query.errors import QueryError
from newsdesk.query.lexer import Kind, Lexeme
from newsdesk.query.tree import KEYWORD_FIELDS, RANGE_FIELDS, TEXT_FIELDS

_FIELDS = ("title", "body", "text", *KEYWORD_FIELDS, *RANGE_FIELDS)
_SAME_FIELD = {
    "headline": "title",
    "heading": "title",
    "intitle": "title",
    "content": "body",
    "message": "body",
    "article": "text",
    "all": "text",
    "feed": "source",
    "site": "source",
    "publisher": "source",
    "language": "lang",
    "tag": "topic",
    "tags": "topic",
    "topics": "topic",
    "by": "author",
    "byline": "author",
    "date": "published",
    "after": "published",
    "before": "published",
}


def field_advice(name: str) -> str:
    """What to write instead of the unknown field `name`."""
    meant = _SAME_FIELD.get(name) or next(iter(get_close_matches(name[:40], _FIELDS, n=1)), None)
    hint = f"Did you mean {meant}:? " if meant else ""
    names = ", ".join(dict.fromkeys((*TEXT_FIELDS, *_FIELDS)))
    return f'{hint}Fields are {names}. To search for a colon, put the words in quotes ("…").'


def refuse_kql(query: str, lexemes: Sequence[Lexeme]) -> None:
    """A QueryError where small `and` or `or` joins two clauses with fields, as in the language of Kibana."""
    has_field = False
    for before, lexeme, after in zip((None, *lexemes), lexemes, lexemes[1:], strict=False):
        if lexeme.kind is Kind.FIELD:
            has_field = True
            continue
        is_value = before is not None and before.kind is Kind.FIELD
        joins = lexeme.kind is Kind.WORD and lexeme.text in ("and", "or") and not is_value
        if joins and has_field and (after.kind is Kind.FIELD or (after.kind is Kind.WORD and after.text == "not")):
            raise QueryError(
                f"Small {lexeme.text} between fields looks like KQL, the language of Kibana; here it is a word.",
                query=query,
                column=lexeme.column,
                advice=f'Write {lexeme.text.upper()}; put it in quotes ("{lexeme.text}") if the word is meant.',
            )
