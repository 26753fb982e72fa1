"""Recursive descent over the lexemes of a query.

query := and ("OR" and)*             near := primary (("NEAR/n" | "PRE/n" | "W/n") primary)?
and   := not (["AND"] not)*          primary := word | phrase | "two words"~n | ( query ) | field:… , each with ^boost
not   := "NOT" not | ("-" | "+")? near         | *:*
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

from newsdesk.query.advice import field_advice, refuse_kql
from newsdesk.query.dates import parse_range
from newsdesk.query.errors import Fault, QueryError, shortened
from newsdesk.query.lexer import Kind, Lexeme, lexemes
from newsdesk.query.patterns import patterns, unescape
from newsdesk.query.proximity import near_of, near_of_phrase
from newsdesk.query.tree import (
    KEYWORD_FIELDS,
    RANGE_FIELDS,
    TEXT_FIELDS,
    All,
    And,
    Keyword,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    phrases,
)

LONGEST_QUERY = 20_000  # characters
DEEPEST_QUERY = 60  # brackets and NOTs inside each other
MOST_CLAUSES = 1_000  # words, phrases, values and dates; servers take 1,024 by default
LONGEST_PHRASE = 200  # words
_BOOSTS = (0.001, 1000.0)
_DIGITS = frozenset("0123456789.")
_ANY_TEXT_FIELD = "text"
_BINARY = (Kind.AND, Kind.OR, Kind.NEAR)
_T = TypeVar("_T")


def parse_tree(query: str, now: datetime | None) -> Node:
    """The tree of `query`, or a QueryError."""
    if len(query) > LONGEST_QUERY:
        raise QueryError(
            f"The query has {len(query):,} characters; {LONGEST_QUERY:,} are allowed.",
            query=query,
            column=LONGEST_QUERY,
            advice="Make two queries of it.",
        )
    return _Parser(query, now).parse()


class _Parser:
    def __init__(self, query: str, now: datetime | None) -> None:
        self._query = query
        self._now = now
        self._lexemes = lexemes(query)
        self._at = 0
        self._depth = 0
        self._clauses = 0
        refuse_kql(query, self._lexemes)

    def parse(self) -> Node:
        if self._peek().kind is Kind.END:
            raise self._error(self._peek(), "The query is empty.", "Write a word; *:* finds everything.")
        node = self._or(None)
        if self._peek().kind is not Kind.END:
            raise self._error(self._peek(), "This closing bracket has no opening one.", "Leave it out.")
        return node

    # ------------------------------------------------------------- operators

    def _or(self, field: str | None) -> Node:
        nodes = [self._and(field)]
        while self._peek().kind is Kind.OR:
            self._operand_after(self._take())
            nodes.append(self._and(field))
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    def _and(self, field: str | None) -> Node:
        nodes = [self._not(field)]
        while self._peek().kind not in (Kind.OR, Kind.CLOSE, Kind.END):
            if self._peek().kind is Kind.AND:
                self._operand_after(self._take())
            nodes.append(self._not(field))
        return nodes[0] if len(nodes) == 1 else And(tuple(nodes))

    def _not(self, field: str | None) -> Node:
        if self._peek().kind is Kind.NOT:
            operator = self._take()
            self._operand_after(operator)
            return Not(self._deeper(operator, lambda: self._not(field)))
        if self._peek().kind is not Kind.SIGN:
            return self._near(field)
        sign = self._take()
        if self._peek().kind in (Kind.SIGN, Kind.NOT, *_BINARY):
            raise self._error(
                self._peek(), f"{sign.text} needs a word, phrase or bracket right after it.", "Write one sign."
            )
        node = self._near(field)
        return Not(node) if sign.text == "-" else node

    def _near(self, field: str | None) -> Node:
        node = self._primary(field)
        while self._peek().kind is Kind.NEAR:
            operator = self._take()
            if self._peek().kind in (*_BINARY, Kind.NOT, Kind.SIGN, Kind.CLOSE, Kind.END):
                raise self._error(
                    operator,
                    f"{operator.text} needs a word or phrase on both sides.",
                    f"Write oil {operator.text} price; to exclude, write NOT (oil {operator.text} price).",
                )
            left, right = node, self._primary(field)
            node = self._judged(operator, lambda: near_of(operator.text, left, right, operator.column))  # noqa: B023 - called at once
        return node

    # ------------------------------------------------------------- operands

    def _primary(self, field: str | None) -> Node:
        lexeme = self._take()
        match lexeme.kind:
            case Kind.OPEN:
                return self._suffixes(self._group(lexeme, field))
            case Kind.FIELD:
                return self._field(lexeme, field)
            case Kind.PHRASE:
                return self._suffixes(self._phrase(lexeme, field))
            case Kind.WORD if lexeme.text == "*" and field is None:
                return All()
            case Kind.WORD:
                return self._suffixes(self._phrase(lexeme, field))
            case Kind.AND | Kind.OR | Kind.NEAR:
                raise self._error(
                    lexeme,
                    f"{lexeme.text} needs something before it.",
                    f'Write a word before it, or "{lexeme.text.lower()}" in quotes if the word is meant.',
                )
            case Kind.BOOST | Kind.TILDE:
                message = f"{lexeme.kind}{lexeme.text} must follow a word, phrase or bracket."
                raise self._error(lexeme, message, "Write oil^2; values of fields and dates take no boost.")
            case _:
                message = f"{lexeme.text or 'The end'} is not expected here."
                raise self._error(lexeme, message, "Write a word, a phrase in quotes, or ( ).")

    def _group(self, opening: Lexeme, field: str | None) -> Node:
        if self._peek().kind is Kind.CLOSE:
            raise self._error(
                opening, "There is nothing in these brackets.", "Write a word in them, or leave them out."
            )
        if self._peek().kind is Kind.END:
            raise self._unclosed(opening)
        node = self._deeper(opening, lambda: self._or(field))
        if self._peek().kind is not Kind.CLOSE:
            raise self._unclosed(opening)
        self._take()
        return node

    def _phrase(self, lexeme: Lexeme, field: str | None) -> Phrase:
        self._count(lexeme)
        parts = self._judged(lexeme, lambda: patterns(lexeme.text))
        if not parts:
            raise self._error(
                lexeme,
                f"{shortened(lexeme.text)!r} holds no letter and no digit, so it finds nothing.",
                "Leave it out; articles are searched by their words.",
            )
        if len(parts) > LONGEST_PHRASE:
            message = f"A phrase may have {LONGEST_PHRASE} words; this one has {len(parts):,}."
            raise self._error(lexeme, message, "Make it shorter.")
        if len(parts) > 1 and (question := next((part for part in parts if part.endswith("?")), None)):
            message = f"In a phrase, {shortened(question)} asks for one more letter where the ? stands."
            raise self._error(lexeme, message, r"Leave the ? out if it is text, or write \?.")
        in_field = None if field == _ANY_TEXT_FIELD else field
        return Phrase(in_field, tuple(parts), 1.0, lexeme.column)

    def _suffixes(self, node: Node) -> Node:
        while self._peek().kind in (Kind.BOOST, Kind.TILDE):
            suffix = self._take()
            if suffix.kind is Kind.BOOST:
                node = _boosted(node, self._boost(suffix, node))
            elif isinstance(node, Phrase) and len(node.parts) > 1:
                phrase = node
                node = self._judged(suffix, lambda: near_of_phrase(suffix.text, phrase, suffix.column))  # noqa: B023 - called at once
            else:
                raise self._error(
                    suffix,
                    "Fuzzy search (word~) is not part of this language.",
                    "Use a wildcard, such as colo*r or organi?ation, or name the spellings: (Gadafi OR Gaddafi).",
                )
        return node

    def _boost(self, suffix: Lexeme, node: Node) -> float:
        least, most = _BOOSTS
        try:
            boost = float(suffix.text) if set(suffix.text) <= _DIGITS else 0.0
        except ValueError:
            boost = 0.0
        held = [phrase.boost * boost for phrase in phrases(node)]
        if not held or not all(least <= value <= most for value in held):
            message = f"^{shortened(suffix.text)} is not a boost of words."
            advice = f"Write oil^2 after a word, phrase or bracket; {least:g} to {most:g} are allowed."
            raise self._error(suffix, message, advice)
        return boost

    # ------------------------------------------------------------- fields

    def _field(self, lexeme: Lexeme, outer: str | None) -> Node:
        name = lexeme.text.lower()
        if lexeme.text == "*" and self._peek().kind is Kind.WORD and self._peek().text == "*":
            self._take()
            return All()
        if name not in (*TEXT_FIELDS, *KEYWORD_FIELDS, *RANGE_FIELDS, _ANY_TEXT_FIELD):
            raise self._error(lexeme, f"There is no field {shortened(lexeme.text)!r}.", field_advice(name))
        if outer is not None:
            message = f"{name}: cannot stand inside {outer}:( )."
            raise self._error(lexeme, message, f"Close the bracket first: {outer}:(…) AND {name}:….")
        if self._peek().kind in (Kind.END, Kind.CLOSE, Kind.NOT, Kind.SIGN, Kind.TILDE, Kind.BOOST, *_BINARY):
            message = f"{name}: needs a value right after it."
            raise self._error(lexeme, message, f"Write {name}:value; to exclude it, NOT {name}:value.")
        if name in RANGE_FIELDS:
            return self._range(name)
        if name in KEYWORD_FIELDS:
            return self._keywords(name)
        return self._primary(name)

    def _range(self, name: str) -> Node:
        value = self._take()
        self._count(value)
        text = value.text if value.kind is Kind.VALUE else "("
        return self._judged(value, lambda: parse_range(name, text, self._now))

    def _keywords(self, name: str) -> Node:
        opening = self._take()
        if opening.kind is not Kind.OPEN:
            return self._keyword(name, opening)
        nodes = [self._keyword(name, self._take())]
        while self._peek().kind is Kind.OR:
            self._take()
            nodes.append(self._keyword(name, self._take()))
        if self._peek().kind is Kind.END:
            raise self._unclosed(opening)
        if self._peek().kind is not Kind.CLOSE:
            message = f"In {name}:( ), only values joined by OR may stand."
            raise self._error(self._peek(), message, f'Write {name}:(one OR "two words").')
        self._take()
        return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))

    def _keyword(self, name: str, lexeme: Lexeme) -> Keyword:
        self._count(lexeme)
        is_quoted = lexeme.kind is Kind.PHRASE
        value = unescape(lexeme.text).strip()
        if lexeme.kind not in (Kind.WORD, Kind.PHRASE) or not value:
            raise self._error(lexeme, f"{name}: needs a value here.", f'Write {name}:value, or {name}:("a b" OR c).')
        if not is_quoted and any(sign in lexeme.text.replace("\\*", "").replace("\\?", "") for sign in "*?"):
            message = f"The value of {name}: is taken exactly, so it can hold no wildcard."
            raise self._error(lexeme, message, f'Name the values: {name}:(one OR "two words").')
        return Keyword(name, value)

    # ------------------------------------------------------------- the rest

    def _peek(self) -> Lexeme:
        return self._lexemes[self._at]

    def _take(self) -> Lexeme:
        lexeme = self._lexemes[self._at]
        if lexeme.kind is not Kind.END:
            self._at += 1
        return lexeme

    def _operand_after(self, operator: Lexeme) -> None:
        if self._peek().kind in (*_BINARY, Kind.CLOSE, Kind.END):
            message = f"{operator.text} needs something after it."
            advice = f'Write a word after it, or "{operator.text.lower()}" in quotes if the word is meant.'
            raise self._error(operator, message, advice)

    def _deeper(self, place: Lexeme, read: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > DEEPEST_QUERY:
            message = f"Brackets and NOT are nested more than {DEEPEST_QUERY} deep."
            raise self._error(place, message, "Leave out the brackets that change nothing.")
        node = read()
        self._depth -= 1
        return node

    def _count(self, place: Lexeme) -> None:
        self._clauses += 1
        if self._clauses > MOST_CLAUSES:
            message = f"The query has more than {MOST_CLAUSES} words, phrases and values."
            raise self._error(place, message, "Make two queries of it, or use wildcards.")

    def _judged(self, place: Lexeme, read: Callable[[], _T]) -> _T:
        try:
            return read()
        except Fault as fault:
            raise self._error(place, fault.message, fault.advice) from fault

    def _unclosed(self, opening: Lexeme) -> QueryError:
        return self._error(opening, "This bracket is not closed.", "Write ) where the group ends.")

    def _error(self, place: Lexeme, message: str, advice: str) -> QueryError:
        return QueryError(message, query=self._query, column=place.column, advice=advice)


def _boosted(node: Node, boost: float) -> Node:
    match node:
        case Phrase():
            return replace(node, boost=round(node.boost * boost, 4))
        case And() | Or():
            return replace(node, nodes=tuple(_boosted(child, boost) for child in node.nodes))
        case Near():
            left, right = _boosted(node.left, boost), _boosted(node.right, boost)
            return replace(node, left=left, right=right)  # type: ignore[arg-type] # each side stays what it is
        case Not():
            return Not(_boosted(node.node, boost))
        case _:
            return node
