"""Which characters make words, which vanish, and what a folded character becomes: the tables of the analyser."""

import re
import unicodedata
from collections.abc import Mapping
from enum import Enum
from functools import cache
from itertools import chain


class Kind(Enum):
    """What a character is to the analyser; all others separate words."""

    LETTER = "L"  # letters and digits of scripts that put spaces between words
    SINGLE = "S"  # Han and Hiragana: each character is a token
    KATAKANA = "K"  # a run of them is a token, apart from Latin letters beside it
    UNSPACED = "U"  # Thai, Lao, Burmese, Khmer: likewise
    MARK = "M"  # belongs to the character before it
    FORMAT = "F"  # invisible, vanishes


# Unicode 14 (Python 3.11) assigns nothing above but tags and variation selectors.
_ASSIGNED = range(0x323B0)
_ZERO_WIDTH_SPACE = 0x200B  # a format character by category, a word boundary by purpose
_VARIATION_SELECTORS = (*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0x180B, 0x180C, 0x180D, 0x180F)
_TAGS = (0xE0001, *range(0xE0020, 0xE0080))
_GRAPHEME_JOINER = 0x034F
_HALFWIDTH_VOICING = (0xFF9E, 0xFF9F)  # letters by category, marks by use
_SCRIPTS = {
    Kind.SINGLE: (
        range(0x3005, 0x3008),
        range(0x3021, 0x302A),
        range(0x3038, 0x303C),
        range(0x3041, 0x30A0),
        range(0x3400, 0xA000),
        range(0xF900, 0xFB00),
        range(0x1B001, 0x1B120),
        range(0x1B150, 0x1B153),
        range(0x20000, 0x323B0),
    ),
    Kind.KATAKANA: (
        range(0x3031, 0x3036),
        range(0x30A1, 0x3100),
        range(0x31F0, 0x3200),
        range(0xFF66, 0xFF9E),
        range(0x1AFF0, 0x1B001),
        range(0x1B120, 0x1B123),
        range(0x1B164, 0x1B168),
    ),
    Kind.UNSPACED: (
        range(0x0E00, 0x0F00),
        range(0x1000, 0x10A0),
        range(0x1780, 0x1800),
        range(0xA9E0, 0xAA00),
        range(0xAA60, 0xAA80),
    ),
}

_EVERY = range(0x110000)
_BASIC = range(0x10000)
_BEYOND = "(?=[\\U00010000-\\U0010ffff])"
_LATIN_BLOCKS = (
    range(0xC0, 0x2B0),
    range(0x1D00, 0x1DC0),
    range(0x1E00, 0x1F00),
    range(0x2C60, 0x2C80),
    range(0xA720, 0xA800),
)
_LATIN_NAME = re.compile(r"LATIN SMALL LETTER ([A-Z]{1,2})(?: WITH .*| PRECEDED BY APOSTROPHE)")
_LATIN_LETTERS = {
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "þ": "th", "ð": "d", "ı": "i", "ȷ": "j", "ĸ": "q", "ŋ": "n", "ſ": "s",
    "ə": "a", "ɛ": "e", "ɔ": "o", "ɣ": "g", "ɩ": "i", "ɯ": "m", "ʊ": "u", "ʒ": "z", "ĳ": "ij", "ς": "σ",
}  # fmt: skip
_COMPATIBILITY_FORMS = (range(0x1C4, 0x1F4), range(0xFB00, 0xFB07), range(0xFF00, 0xFFF0))


def _kind(category: str) -> str:
    """The kind by general category alone, as one letter; scripts and exceptions come on top."""
    if category[0] == "M":
        return Kind.MARK.value
    if category[0] == "L" or category in ("Nd", "Nl"):
        return Kind.LETTER.value
    return Kind.FORMAT.value if category == "Cf" else "-"


@cache
def _kinds() -> str:
    """The kind of every code point, one letter each."""
    kinds = [_kind(unicodedata.category(chr(code))) for code in _ASSIGNED]
    kinds += "-" * (0x110000 - len(kinds))
    for script, blocks in _SCRIPTS.items():
        for code in chain(*blocks):
            if kinds[code] == Kind.LETTER.value:
                kinds[code] = script.value
    for code in _HALFWIDTH_VOICING:
        kinds[code] = Kind.MARK.value
    for code in (*_VARIATION_SELECTORS, *_TAGS, _GRAPHEME_JOINER):
        kinds[code] = Kind.FORMAT.value
    kinds[_ZERO_WIDTH_SPACE] = "-"
    return "".join(kinds)


def _runs(plane: range, *wanted: Kind) -> list[range]:
    """The runs of code points of these kinds."""
    found = re.compile(f"[{''.join(kind.value for kind in wanted)}]+").finditer(_kinds(), plane.start, plane.stop)
    return [range(m.start(), m.end()) for m in found]


def _class_of(plane: range, *wanted: Kind) -> str:
    """The inside of a regular expression's character class."""
    return "".join(f"\\U{run[0]:08x}-\\U{run[-1]:08x}" for run in _runs(plane, *wanted))


@cache
def format_characters() -> str:
    """All characters that vanish, for `str.strip`."""
    return "".join(chr(code) for code in chain(*_runs(_EVERY, Kind.FORMAT)))


@cache
def marks_of_latin() -> re.Pattern[str]:
    """The marks after an ASCII letter or digit, in decomposed text."""
    return re.compile(f"(?<=[a-z0-9])[{_class_of(_EVERY, Kind.MARK)}]+")


@cache
def token_pattern(extra: str = "") -> re.Pattern[str]:
    """One token of any text; `extra` holds characters that may stand anywhere in a run (the wildcards of a query).

    Runs that start beyond the basic plane are alternatives of their own behind a cheap test: in one class with the rest
    their hundreds of ranges would be tried at every space (nine times slower). So a run of the basic plane also ends
    where the text passes beyond it.
    """
    alternatives = []
    for guard, start, rest in (("", _BASIC, _BASIC), (_BEYOND, range(0x10000, 0x110000), _EVERY)):
        for script in (Kind.LETTER, Kind.SINGLE, Kind.KATAKANA, Kind.UNSPACED):
            first = _class_of(start, script)
            if first and script is Kind.SINGLE:
                alternatives.append(f"{guard}[{first}][{_class_of(rest, Kind.MARK, Kind.FORMAT)}]*")
            elif first:
                lead = f"[{extra}]*" if extra else ""
                more = _class_of(rest, script, Kind.MARK, Kind.FORMAT)
                alternatives.append(f"{lead}{guard}[{first}][{more}{extra}]*")
    if extra:
        alternatives.append(f"[{extra}]+")
    return re.compile("|".join(alternatives))


@cache
def folding() -> Mapping[int, str | None]:
    """What becomes of a lower-case, canonically decomposed character: for `str.translate`."""
    table: dict[int, str | None] = dict.fromkeys(map(ord, format_characters()))
    for code in chain(*_COMPATIBILITY_FORMS):
        if _kinds()[code] != "-":
            table[code] = unicodedata.normalize("NFKD", chr(code)).lower()
    for code in chain(*_LATIN_BLOCKS):
        if named := _LATIN_NAME.fullmatch(unicodedata.name(chr(code), "")):
            table[code] = named[1].lower()
    return table | {ord(letter): plain for letter, plain in _LATIN_LETTERS.items()}
