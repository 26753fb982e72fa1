"""What tells an edit of an entry from the noise around it, and how much two texts differ."""

import re
from collections.abc import Iterator
from typing import Final
from zlib import crc32

from extractors.records import ParsedArticle, ParsedEntry
from newsdesk.intake.identity import clean_link, digest
from newsdesk.intake.records import Known

_TAG = re.compile(r"<[^<>]*>")
_COUNTED: Final = (
    "comment", "comments", "reply", "replies", "response", "responses", "view", "views", "reads", "share", "shares",
    "like", "likes", "vote", "votes", "point", "points", "retweets", "reactions", "kommentar", "kommentare",
    "commentaire", "commentaires", "comentario", "comentarios", "commenti", "टिप्पणी", "टिप्पणियाँ", "टिप्पणियां",
)  # fmt: skip
_LAST_WORDS: Final = frozenset((*_COUNTED, "yet", "ago"))
_WORDS = "|".join(sorted(_COUNTED, key=len, reverse=True))
_NUMBER = r"\d[\d.,]{0,12}[ ]?k?"
_LABELLED = rf"(?:#[ ]?)?(?:{_WORDS})[ ]?(?::[ ]?{_NUMBER}|\([ ]?{_NUMBER}\))"
_COUNTER = rf"(?:{_NUMBER}[ ](?:{_WORDS})|no[ ]comments(?:[ ]yet)?|{_LABELLED})"
_PERIOD = "(?:second|sec|minute|min|hour|hr|day|week|month)s?"
_AGO = rf"(?:(?:posted|published|(?:last[ ])?updated):?[ ])?(?:\d{{1,3}}|an?)[ ]{_PERIOD}[ ]ago"
# All that stands between two tags, or the end of a plain text: in a sentence, a figure is news.
_NOISE: Final = re.compile(rf"[(\[|•·]?[ ]?(?:{_COUNTER}|{_AGO})[ ]?[)\]|•·]?", re.IGNORECASE)
_NOISE_END: Final = re.compile(
    rf"(?:(?:(?:^|(?<=[.!?…।|•·)\]\"”»-]))[ ]?[(\[|•·]?[ ]?(?:{_COUNTER}|{_AGO})|(?:^|[ ]){_LABELLED})[ ]?[)\]]?)+$",
    re.IGNORECASE,
)
_LONGEST_NOISE = 60  # characters
_LABEL = 20  # characters at the end of a text that hold `: 12` or `(12)`
_END = 160  # characters at the end of a text in which counters stand
_SKETCH = 64  # of the smallest hashes are kept: three per cent of error at nine tenths in common
_HASH = 6  # hex digits
_LONG_WORD = 20  # characters; longer ones are languages without blanks, compared by groups of three characters
_PUNCTUATION = "\"'.,;:!?()[]{}<>|*…‘’“”«»–—-।/\\"


def entry_fingerprint(entry: ParsedEntry) -> str:
    """Changes when title, text or link change.

    Not with dates, white space, markup, pictures, tracking parameters of the link, and lines that only count comments
    or say how long ago something was.
    """
    return seal(text_digest(entry), entry.link)


def text_digest(entry: ParsedEntry) -> tuple[str, str, str]:
    """The part of the fingerprint that does not come from the link."""
    return _fold(entry.title), _without_end(_fold(entry.summary)), _text(entry.content)


def seal(texts: tuple[str, str, str], link: str | None) -> str:
    """The fingerprint of these texts with that link."""
    return digest(*texts, clean_link(link))


def article_fingerprint(article: ParsedArticle) -> str:
    """Changes when title or text change."""
    return text_fingerprint(article.title, article.text)


def text_fingerprint(title: str, text: str) -> str:
    """The same of a title and a text, wherever they come from."""
    return digest(_fold(title), _fold(text))


def entry_sketch(entry: ParsedEntry) -> str:
    """The sketch of what an entry says under its title: its content, else its summary."""
    return sketch(_text(entry.content) or _without_end(_fold(entry.summary)))


def sketch(text: str) -> str:
    """At most 384 characters from which `likeness` tells how many words two texts have in common; "" for no text.

    The smallest hashes of a text's words (bottom-k sketch: A. Broder, "On the resemblance and containment of
    documents", 1997). Exact for texts of up to 64 different words.
    """
    hashes = {_hash(term) for term in set(_terms(text))}
    return "".join(f"{smallest:06x}" for smallest in sorted(hashes)[:_SKETCH])


def words_in(sketched: str) -> int:
    """How many different words a sketch holds, 64 at most."""
    return len(sketched) // _HASH


def likeness(one: str, other: str) -> float:
    """Of two sketches: the share of the words that both texts have, 1 for the same words, 0 for none in common.

    Sørensen-Dice, 2|A∩B| / (|A|+|B|), from Jaccard's J as 2J / (1+J). Replacing a tenth of the words gives 0.9.
    """
    first, second = _parts(one), _parts(other)
    smallest = set(sorted(first | second)[:_SKETCH])
    if not smallest:
        return 1.0
    share = len(smallest & first & second) / len(smallest)
    return 2 * share / (1 + share)


def likeness_to(known: Known, entry: ParsedEntry) -> float | None:
    """`likeness` of an entry's text to what is stored of it; None where one of them has no text to compare."""
    mine, stored = (
        (entry_sketch(entry), known.sketch) if known.sketch else (sketch(entry.summary), sketch(known.summary))
    )
    return likeness(mine, stored) if mine and stored else None


def _fold(text: str) -> str:
    return " ".join(text.split())


def _text(markup: str) -> str:
    if "<" not in markup:
        return _fold(markup)
    pieces = (piece for piece in _TAG.split(markup.replace("&nbsp;", " ")) if piece and not _is_noise(piece))
    return _fold(" ".join(pieces))


def _is_noise(piece: str) -> bool:
    return len(piece) < _LONGEST_NOISE and _NOISE.fullmatch(piece.strip()) is not None


def _without_end(text: str) -> str:
    last = text[text.rfind(" ") + 1 :].strip("()[]")
    is_labelled = last[-1:].isdecimal() and any(mark in text[-_LABEL:] for mark in ":(")
    if not (is_labelled or last.casefold() in _LAST_WORDS):
        return text
    found = _NOISE_END.search(text, max(0, len(text) - _END))
    return text[: found.start()].rstrip() if found else text


def _terms(text: str) -> Iterator[str]:
    for word in text.casefold().split():
        term = word.strip(_PUNCTUATION)
        if len(term) > _LONG_WORD:
            yield from (term[place : place + 3] for place in range(len(term) - 2))
        elif term:
            yield term


def _hash(term: str) -> int:
    """24 bits. A checksum is enough: the multiplication (Knuth, TAOCP 3, section 6.4) spreads it over the range."""
    return (crc32(term.encode("utf-8", "surrogatepass")) * 2_654_435_761 & 0xFFFFFFFF) >> 8


def _parts(sketched: str) -> set[str]:
    return {sketched[place : place + _HASH] for place in range(0, len(sketched), _HASH)}
