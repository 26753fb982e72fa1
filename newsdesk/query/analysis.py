"""The analyser: text to tokens, the same for articles and queries.

The rules, in order; a change of any of them is a new `ANALYSER_VERSION`:

1. Format characters (category Cf: soft hyphen, word joiner, ZWJ, ZWNJ, bidirectional controls, …; and variation
   selectors and the combining grapheme joiner) vanish, as if they were not there. U+200B ZERO WIDTH SPACE separates.
2. A token is a maximal run of letters (L*), digits (Nd, Nl) and the marks (M*) after them. All else separates: symbols
   too, so emoji, ™, №, squared kana such as ㌔ (So) and superscript digits (No) are in no token.
3. Han and Hiragana give one token per character, with its marks. Katakana, and Thai, Lao, Burmese and Khmer, make runs
   of their own: NHKニュース is two tokens (UAX #29 breaks there too). So does text beyond the basic plane.
4. A token is lower case. Latin letters lose marks and ligatures (é=e, ß=ss, ł=l, ø=o, ﬁ=fi), full and half width forms
   become the plain ones, final sigma is sigma. Other scripts keep their marks.
5. A token is in normal form C; with it the compatibility ideographs (U+F900 …) become the unified ones. Compatibility
   forms that rule 4 does not name (Arabic presentation forms, mathematical letters) stay as they are.

Every token is its own analysis, so tokens joined by spaces give the same tokens again.
"""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from newsdesk.query.characters import folding, format_characters, marks_of_latin, token_pattern

ANALYSER_VERSION = 1

_ASCII_LOWER = re.compile(r"[a-z0-9]+")
_ASCII = re.compile(r"[A-Za-z0-9]+")


class Token(NamedTuple):
    """A token and the characters of the original text that it stands for, format characters at its end left out."""

    text: str
    start: int
    end: int


def tokens(text: str) -> list[str]:
    """The tokens of `text`, in order."""
    if text.isascii():
        return _ASCII_LOWER.findall(text.lower())
    return [run if run.isascii() else fold(run) for run in token_pattern().findall(text.lower())]


def analyse(text: str) -> list[Token]:
    """The tokens of `text` with their places: slower than `tokens`."""
    if text.isascii():
        return [Token(m[0].lower(), m.start(), m.end()) for m in _ASCII.finditer(text)]
    found = []
    invisible = format_characters()
    for m in token_pattern().finditer(text):
        run = m[0]
        if run.isascii():
            found.append(Token(run.lower(), m.start(), m.end()))
        else:
            found.append(Token(fold(run), m.start(), m.start() + len(run.rstrip(invisible))))
    return found


@lru_cache(maxsize=65536)
def fold(run: str) -> str:
    """Rules 4 and 5 for one run of word characters."""
    decomposed = unicodedata.normalize("NFD", run.lower())
    folded = marks_of_latin().sub("", decomposed.translate(folding()))
    return unicodedata.normalize("NFC", folded)
