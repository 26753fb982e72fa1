"""Text for people to read: Unicode NFC, without marks that nobody sees, in lines or in paragraphs."""

import html
import re
import unicodedata
from typing import Final

# Marks without a glyph: soft hyphen, zero-width space, direction and joiner marks, byte order mark, interlinear
# annotation, controls, surrogates. The joiners U+200C and U+200D have a rule of their own below.
_UNSEEN = re.compile(
    "[\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffc\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
)
# A joiner changes the letters of Arabic and Indic scripts and holds emoji together; anywhere else it is litter.
_STRAY_JOINER = re.compile(
    "(?<![\u0600-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u18af\ufb50-\ufdff\ufe70-\ufefc\ufe0f\U0001f000-\U0001faff])[\u200c\u200d]"
)
_LINE_ENDS = re.compile("\r\n?|[\u000b\u000c\u0085\u2028\u2029]")
_JOINERS = ("\u200c", "\u200d")
_SHOWN_BUT_UNSEEN = "\ufffc"  # a placeholder for an object, by category a symbol
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")


def one_line(text: str) -> str:
    """Plain text of an attribute or a heading: entities resolved (also escaped twice), tags and line ends gone."""
    if "&" in text:
        text = html.unescape(html.unescape(text))
    if "<" in text:
        text = _MARKUP.sub("", text)
    return " ".join(clean(text).split())


def paragraphs(text: str) -> str:
    """Text whose lines are blocks → paragraphs separated by one blank line; lines of stars or dashes fall away."""
    lines = (" ".join(line.split()) for line in clean(text).split("\n"))
    return "\n\n".join(line for line in lines if line and not _is_ornament(line))


def clean(text: str) -> str:
    """NFC without unseen marks; every line end is a line feed."""
    if not is_plain(text.replace("\n", "")):  # most texts are, and this is ten times as fast
        text = _UNSEEN.sub("", _LINE_ENDS.sub("\n", text))
        if any(joiner in text for joiner in _JOINERS):
            text = _STRAY_JOINER.sub("", text)
    return composed(text)


def composed(text: str) -> str:
    """NFC, for which ASCII need not be looked at."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def is_plain(text: str) -> bool:
    """Whether a line has no unseen marks, no line ends and no blanks but the common one."""
    return text.isprintable() and _SHOWN_BUT_UNSEEN not in text


def words(text: str) -> frozenset[str]:
    """The set of the words in a line, for tables of names."""
    return frozenset(text.split())


def heading_key(text: str) -> str:
    """What two spellings of one headline have in common: case folded, without punctuation and accents of layout."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().translate(_SPACED).split())


class _Spaced(dict[int, int]):
    """For `str.translate`: letters, digits and marks stay, all else is a blank. Marks are the vowels of Indic words."""

    def __missing__(self, code: int) -> int:
        character = chr(code)
        keeps = character.isalnum() or unicodedata.category(character)[0] == "M"
        self[code] = found = code if keeps else ord(" ")
        return found


_SPACED: Final = _Spaced()


def _is_ornament(line: str) -> bool:
    return not any(character.isalnum() for character in line)
