"""The text of a query, cut into lexemes."""

import re
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from newsdesk.query.errors import QueryError, shortened
from newsdesk.query.tree import RANGE_FIELDS


class Kind(StrEnum):
    """What a lexeme is."""

    WORD = "word"
    FIELD = "field"  # a name with its colon; `text` is the name
    PHRASE = "phrase"  # `text` is what stands between the quotation marks
    VALUE = "value"  # what follows published:, be it a date, a comparison or a range
    OPEN = "("
    CLOSE = ")"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    NEAR = "NEAR/n"
    SIGN = "sign"  # + or -
    TILDE = "~"
    BOOST = "^"
    END = "end"


class Lexeme(NamedTuple):
    """A piece of a query; `text` has its escapes still."""

    kind: Kind
    text: str
    column: int


# Invisible characters that come with pasted text count as space between words; inside a word the analyser drops them.
_SPACE = r"\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_LEXEME = re.compile(
    rf"""
      (?P<space>   [{_SPACE}]+ )
    | (?P<plain>   \w+ (?![^\s()]) )
    | (?P<comment> (?<!\S) \#+ (?!\S) [^\n]* )
    | (?P<bracket> [()] )
    | (?P<phrase>  "(?:\\.|[^"\\])*" | [“„‟](?:\\.|[^“”‟\\])*[“”‟] | «(?:\\.|[^»\\])*» | »(?:\\.|[^«\\])*« )
    | (?P<regex>   /[^\s/]+/ (?![^\s()^]) )
    | (?P<tilde>   ~\d*(?:\.\d+)? )
    | (?P<boost>   \^[^\s()"“”‟„«»~^]* )
    | (?P<not>     ! )
    | (?P<sign>    (?<![^{_SPACE}(]) [+-] (?=[^{_SPACE}]) )
    | (?P<and>     && )
    | (?P<or>      \|\| )
    | (?P<word>    (?: \\. | &(?!&) | \|(?!\|) | [^\s()"“”„‟«»\[\]{{}}~^:\\&|]+ )+ ) (?P<colon> : )?
    """,
    re.VERBOSE | re.DOTALL,
)
_VALUE = re.compile(
    r"""\s*( [\[{][^\[\]{}]*[\]}] | (?:>=|<=|>|<)\s*(?:"[^"]*"|[^\s()"]+) | "[^"]*" | [^\s()\[\]{}"<>]+ )""", re.VERBOSE
)
_OPERATORS = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT}
_NEAR = re.compile(r"(?:NEAR|PRE|W)/\d{1,6}")
_ALMOST_NEAR = re.compile(r"NEAR|(?:near|Near|pre|Pre|w)/\d+|(?:NEAR|PRE|W)/.*|(?:ADJ|ONEAR|WITHIN)/\d+", re.DOTALL)
_INVISIBLE = re.compile(f"(?!\\s)[{_SPACE}]")
_DASHES = "–—−‐‑"  # look-alikes of the minus sign


def lexemes(query: str) -> list[Lexeme]:
    """All lexemes of `query` with an END behind them. Linear in its length; what fits nowhere is a `QueryError`."""
    return [*_cut(query), Lexeme(Kind.END, "", len(query))]


def _cut(query: str) -> Iterator[Lexeme]:
    at = 0
    while at < len(query):
        found = _LEXEME.match(query, at)
        if found is None:
            raise _not_understood(query, at)
        match found.lastgroup:
            case "space" | "comment":
                at = found.end()
            case "plain" | "word":
                yield _word(query, found[0], at)
                at = found.end()
            case _:
                lexeme = _lexeme(query, found)
                yield lexeme
                at = found.end()
                value = _value(query, at) if lexeme.kind is Kind.FIELD and lexeme.text.lower() in RANGE_FIELDS else None
                if value is not None:
                    yield value
                    at = value.column + len(value.text)


def _value(query: str, at: int) -> Lexeme | None:
    value = _VALUE.match(query, at)
    return None if value is None else Lexeme(Kind.VALUE, value[1], value.start(1))


def _lexeme(query: str, found: re.Match[str]) -> Lexeme:
    text, column = found[0], found.start()
    match found.lastgroup:
        case "bracket":
            return Lexeme(Kind(text), text, column)
        case "phrase":
            return Lexeme(Kind.PHRASE, text[1:-1], column)
        case "tilde" | "boost":
            return Lexeme(Kind(text[0]), text[1:], column)
        case "sign":
            return Lexeme(Kind.SIGN, text, column)
        case "not" | "and" | "or" as name:
            return Lexeme(Kind(name.upper()), text, column)
        case "colon":
            return Lexeme(Kind.FIELD, _INVISIBLE.sub("", found["word"]), column)
        case _:
            raise QueryError(
                "Regular expressions are not part of this language.",
                query=query,
                column=column,
                advice='Use wildcards, such as colo*r or organi?e; put it in quotes ("…") if the slashes are text.',
            )


def _word(query: str, text: str, column: int) -> Lexeme:
    plain = text if text.isascii() else _INVISIBLE.sub("", text)
    if plain in _OPERATORS:
        return Lexeme(_OPERATORS[plain], plain, column)
    if _NEAR.fullmatch(plain):
        return Lexeme(Kind.NEAR, plain, column)
    if _ALMOST_NEAR.fullmatch(plain):
        raise QueryError(
            f"{shortened(plain)} is not an operator of this language.",
            query=query,
            column=column,
            advice="Write a NEAR/5 b for at most 5 words between, in either order, or a PRE/5 b with a first;"
            f' put it in quotes ("{shortened(plain.lower())}") if the word itself is meant.',
        )
    before = query[column - 1 : column]
    if text[0] in "+-" and len(text) > 1 and before and not before.isspace():
        raise QueryError(
            f"{text[0]} must follow a space or an opening bracket.",
            query=query,
            column=column,
            advice=f"Write {text[0]}title:{shortened(text[1:])}, the sign before the field."
            if before == ":"
            else f"Write ' {shortened(text)}' if it is a sign; leave the {text[0]} out if it is text.",
        )
    if text[0] in _DASHES and len(text) > 1:
        raise QueryError(
            f"{text[0]} is a dash, not a minus sign.",
            query=query,
            column=column,
            advice=f"Write -{shortened(text[1:])} to exclude the word; leave the dash out if it is text.",
        )
    if text[0] in "<>":
        raise QueryError(
            "A comparison needs a field before it.",
            query=query,
            column=column,
            advice='Write published:>=2026-01-01; put the words in quotes ("…") if the sign is text.',
        )
    return Lexeme(Kind.WORD, text, column)


_ADVICE = {
    '"': ("This quotation mark is not closed.", 'Write "two words", or leave it out.'),
    "“": ("This quotation mark is not closed.", "Write “two words”, or leave it out."),
    "«": ("This quotation mark is not closed.", "Write «two words», or leave it out."),
    "[": ("Square brackets are for dates only.", "Write published:[2026-01-01 TO 2026-02-01], or ( ) to group words."),
    "{": ("Braces are for dates only.", "Write published:{2026-01-01 TO 2026-02-01}, or ( ) to group words."),
    ":": ("There is no field name directly before this colon.", "Write title:oil, with no space before the colon"),
    "\\": ("This backslash stands before nothing.", r"Leave it out; \* is a star that is text."),
}
_SAME_ADVICE = {"”": "“", "„": "“", "‟": "“", "»": "«", "]": "[", "}": "{"}


def _not_understood(query: str, at: int) -> QueryError:
    character = query[at]
    message, advice = _ADVICE[_SAME_ADVICE.get(character, character)]
    if character == ":":
        advice += " (field : value is KQL, the language of Kibana); put the words in quotes if the colon is text."
    return QueryError(message, query=query, column=at, advice=advice)
