"""UTF-8 with strays of windows-1252 in it: pages and feeds that content systems paste together from several sources.

To take such a text for windows-1252 spoils every accent in it, to replace what is broken loses quotation marks and
letters. Each byte that is no UTF-8 is read as windows-1252 by itself instead.
"""

import codecs
import re
from typing import Final

_STRAY: Final = "windows-1252-strays"  # the name of the error handler below
_FOREIGN = re.compile("[^\x00-\x7f\ufffd]")
_LATIN = re.compile("[\u00a0-\u024f\u1e00-\u1eff\u2000-\u214f]")
_LATIN_SHARE = 0.9  # of what is right UTF-8: in another script a broken byte is no windows-1252


def decode_mixed(content: bytes) -> str | None:
    """The text, where the bytes are UTF-8 of Latin letters with at most as many strays as right characters."""
    plain = content.decode("utf-8", "replace")
    right = _FOREIGN.findall(plain)
    if not right or plain.count("\ufffd") > len(right):
        return None
    if len(_LATIN.findall(plain)) < _LATIN_SHARE * len(right):
        return None
    return content.decode("utf-8", _STRAY)


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    """One byte is a letter of the other charset; of a longer sequence, which was cut, nobody knows the end."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    stray = error.object[error.start : error.end]
    return (stray.decode("cp1252", "replace") if len(stray) == 1 else "\ufffd"), error.end


codecs.register_error(_STRAY, _as_windows_1252)
