"""How much of a text was decoded with the wrong charset: the trace that no reader wants and every metric misses."""

import re
from typing import Final

_SAMPLE: Final = 20_000  # characters that are looked at
# The bytes 80 to BF as windows-1252 and Latin-1 show them: what follows the first byte of a character in UTF-8.
_NEXT_1252 = (
    "\u20ac\u201a\u0192\u201e\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2022\u02dc\u2122\u0161\u0153\u017e\u0178"
)
_NEXT = f"[\u0080-\u00bf\u2018-\u201d\u2013\u2014\u2026\u203a{_NEXT_1252}]"
# A letter before closing quotation marks or dots is no trace: MENÜ“, CAFÉ», arrivé…».
_FIRST = f"[\u0080-\u00ba\u00bc-\u00bf{_NEXT_1252}]"
_TRACES = re.compile(
    f"[Â-ß]{_FIRST}"  # a character of two bytes
    f"|[à-ï]{_FIRST}{_NEXT}"  # of three
    f"|[ð-ô]{_FIRST}{_NEXT}{{2}}"  # of four
    "|\ufffd"  # what could not be decoded at all
    "|[\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff]{5,}"  # Cyrillic or Greek as Latin-1: words without a plain letter
)


def mojibake_share(*texts: str) -> float:
    """The share of characters, 0 to 1, that stand in sequences which only a wrong charset makes."""
    joined = "\n".join(texts)[:_SAMPLE]
    total = sum(not character.isspace() for character in joined)
    broken = sum(not character.isspace() for found in _TRACES.findall(joined) for character in found)
    return round(broken / total, 4) if total else 0.0
