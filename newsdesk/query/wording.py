"""Words of a query that are read in another way than their author may think."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from newsdesk.query.frequent import FREQUENT
from newsdesk.query.language import Query
from newsdesk.query.lexer import Kind, Lexeme, lexemes
from newsdesk.query.patterns import is_wild, patterns, wild_test
from newsdesk.query.places import leaves
from newsdesk.query.tree import Near, Phrase, phrases


class Oddity(StrEnum):
    """What is odd about a word."""

    OPERATOR = "operator"  # and, or, not, near: words, as long as they are not in capitals
    QUOTES = "quotes"  # 'single quotes' make no phrase
    FREQUENT = "frequent"  # it stands in nearly every text
    ONE_LETTER = "one-letter"  # hardly anything is left to search for
    WIDE = "wide"  # a wildcard after few letters
    LOST_SIGN = "lost-sign"  # #word, @name, 50%: the sign is not searched
    SEVERAL_WORDS = "several-words"  # U.S., AT&T, e-mail: a phrase
    INVISIBLE = "invisible"  # it holds characters that nobody sees


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One odd word. `column` is the offset of the word in the text of the query."""

    oddity: Oddity
    column: int
    message: str
    remedy: str


_OPERATORS = {"and": "AND", "or": "OR", "not": "NOT", "near": "NEAR/10"}
_OPENING_QUOTES, _CLOSING_QUOTES = "'‘‚`´", "'’‘`´"
_SIGN = re.compile(r"[#@$€£₹¥]+(?=\w)|(?<!\S)\.(?=\w)|(?<=\w)[+#%$€£₹¥©®™]+$")
_JOINING = re.compile(r"(?<=\w)[&/_=+](?=\w)")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]?\.?")
_POSSESSIVE = re.compile(r"['’]s$")
_SHORT_PREFIX = 3  # letters of e-, co-, pre-, non-: what follows is often written together with it
_SHORT_HEAD = 3  # letters before a * with which many unrelated words begin
_MOST_NAMED = 3
# A soft hyphen, joiners without a purpose in any script, marks of direction; not ZWJ and ZWNJ, which Indic scripts use.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")


def odd_words(query: Query) -> Iterator[Remark]:
    """The odd words of a query, in its order. What stands in quotes is taken as meant, where quotes can mean it."""
    pieces = lexemes(query.text)
    words: dict[int, Phrase] = {}
    for phrase in phrases(query.tree):
        words.setdefault(phrase.column, phrase)
    together = {"".join(phrase.parts) for phrase in words.values() if len(phrase.parts) == 1}
    beside = {phrase.column for leaf in leaves(query.tree) if isinstance(leaf, Near) for phrase in phrases(leaf)}
    for number, piece in enumerate(pieces):
        if piece.kind in (Kind.WORD, Kind.PHRASE) and piece.column in words:
            yield from _invisible(piece)
            found = _odd_word(pieces, number, together)
            if found and not (found.oddity is Oddity.ONE_LETTER and piece.column in beside):
                yield found


def _odd_word(pieces: Sequence[Lexeme], number: int, together: set[str]) -> Remark | None:
    piece = pieces[number]
    parts = patterns(piece.text)
    is_one = len(parts) == 1
    found = _sign(piece, parts) or (_wide(piece, parts[0]) if is_one else None)
    if found is not None or piece.kind is Kind.PHRASE:
        return found
    read = _lone(piece, parts[0]) if is_one else _several(piece, parts, together)
    return _operator(pieces, number) or _single_quotes(pieces, number) or read


def _operator(pieces: Sequence[Lexeme], number: int) -> Remark | None:
    """`trade and policy`: three words."""
    piece = pieces[number]
    meant = _OPERATORS.get(piece.text.lower())
    if meant is None:
        return None
    before, after = _shown(pieces[number - 1]) if number else "…", _shown(pieces[number + 1])
    return Remark(
        oddity=Oddity.OPERATOR,
        column=piece.column,
        message=f"{piece.text} in small letters is a word that an article must hold",
        remedy=f'write {before} {meant} {after}, or "{piece.text}" in quotes if the word is meant',
    )


def _shown(piece: Lexeme) -> str:
    match piece.kind:
        case Kind.WORD:
            return piece.text
        case Kind.PHRASE:
            return f'"{piece.text}"'
        case Kind.OPEN | Kind.CLOSE:
            return "(…)"
        case _:
            return "…"


def _single_quotes(pieces: Sequence[Lexeme], number: int) -> Remark | None:
    """`'oil price'`: two words, anywhere."""
    if pieces[number].text[0] not in _OPENING_QUOTES:
        return None
    taken: list[str] = []
    for piece in pieces[number:]:
        if piece.kind is not Kind.WORD:
            return None
        taken.append(piece.text)
        if piece.text[-1] in _CLOSING_QUOTES:
            break
    inside = " ".join(taken)[1:-1]
    if len(taken) == 1:
        return None
    return Remark(
        oddity=Oddity.QUOTES,
        column=pieces[number].column,
        message=f"single quotes make no phrase: {' '.join(taken)} is {' AND '.join(inside.split())}",
        remedy=f'write "{inside}"',
    )


def _lone(piece: Lexeme, word: str) -> Remark | None:
    """`the`, `WHO`, `x`."""
    if word not in FREQUENT:
        is_letter = len(word) == 1 and word.isascii() and word.isalpha()
        return _one_letter(piece, f"{piece.text} is a single letter, which stands in many texts") if is_letter else None
    is_name = piece.text.isupper() and len(word) > 1
    return Remark(
        oddity=Oddity.FREQUENT,
        column=piece.column,
        message=f"{piece.text}{f' is read as {word}, which' * is_name} stands in nearly every text",
        remedy="write the full name, or a phrase in quotes that holds it"
        if is_name
        else "leave it out, or put it into a phrase in quotes",
    )


def _one_letter(piece: Lexeme, message: str) -> Remark:
    letter = patterns(piece.text)[0]
    return Remark(
        oddity=Oddity.ONE_LETTER,
        column=piece.column,
        message=message,
        remedy=f"ask for words near it, such as {letter} NEAR/5 (word OR word), or leave it out",
    )


def _wide(piece: Lexeme, pattern: str) -> Remark | None:
    """`rat*`: also rather and ratio."""
    if not is_wild(pattern):
        return None
    head = pattern.removesuffix("*")
    is_short = head.isascii() and len(head) <= _SHORT_HEAD and not is_wild(head)
    caught = sorted(filter(wild_test(pattern), FREQUENT))
    if not caught and not is_short:
        return None
    also = f", such as {', '.join(caught[:_MOST_NAMED])}" if caught else ""
    finds = f"finds every word that begins with {head}" if is_short else "also finds words that stand in every text"
    return Remark(
        oddity=Oddity.FREQUENT if caught else Oddity.WIDE,
        column=piece.column,
        message=f"{pattern} {finds}{also}",
        remedy=f"name the words, such as ({head} OR {head}s)" if is_short else "name the words, or give more letters",
    )


def _sign(piece: Lexeme, parts: Sequence[str]) -> Remark | None:
    """`C++`, `#climate`, `50%`."""
    for chunk in piece.text.split():
        sign = _SIGN.search(chunk)
        left = patterns(chunk) if sign else []
        if sign and len(parts) == len(left) == 1 and len(left[0]) == 1:
            message = f"{chunk} is read as {left[0]}, which stands in many texts"
            return _one_letter(piece, message)
        if sign and left:
            return Remark(
                oddity=Oddity.LOST_SIGN,
                column=piece.column,
                message=f"{chunk} is read as {' '.join(left)}: {sign[0]} is not searched",
                remedy=f"write {' '.join(left)}, if the word alone is meant",
            )
    return None


def _several(piece: Lexeme, parts: Sequence[str], together: set[str]) -> Remark | None:
    """`U.S.`, `AT&T`, `trader's`, `e-mail`."""
    text, joined = piece.text, "".join(parts)
    message = f'{text} is read as the phrase "{" ".join(parts)}"'
    remedy = f'write "{text}" in quotes if that is meant'
    if _POSSESSIVE.search(text):
        message = f"{text} finds only this form"
        remedy = f"write {' '.join(parts[:-1])}, which finds this form too"
    elif _INITIALS.fullmatch(text):
        other = f'"{text}" OR …' if joined in FREQUENT else f'"{text}" OR {joined.upper()}'
        message += f", which does not find {joined.upper()}"
        remedy = f"name the other spellings: ({other})"
    elif "-" in text and joined not in together and parts[0].isalpha() and len(parts[0]) <= _SHORT_PREFIX:
        message += f", which does not find {joined}"
        remedy = f'write ("{text}" OR {joined}), or "{text}" in quotes if that is meant'
    elif not _JOINING.search(text):
        return None
    return Remark(oddity=Oddity.SEVERAL_WORDS, column=piece.column, message=message, remedy=remedy)


def _invisible(piece: Lexeme) -> Iterator[Remark]:
    found = _INVISIBLE.search(piece.text)
    if found:
        shown = _INVISIBLE.sub("", piece.text)
        name = unicodedata.name(found[0], "no name")
        yield Remark(
            oddity=Oddity.INVISIBLE,
            column=piece.column,
            message=f"{shown} holds an invisible character (U+{ord(found[0]):04X} {name})",
            remedy=f"write {shown} anew, by hand",
        )
