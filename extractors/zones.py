"""Time zones as date texts name them.

RFC 822 section 5.1 gives the North American names and GMT; the rest are the names that newsrooms write. A name that
two regions claim with equal right (AST, SST, WST, GST of the South Atlantic) is left out or given to the region of the
feeds that we watch: IST is India's. A feed's own default zone goes before this table, so a feed of Dublin or
Jerusalem reads its IST, and one of Shanghai its CST, by its own clock.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .records import ExtractError

# Minutes east of Greenwich; a text names the region whose clock decides between summer and winter.
_NAMES: Final[Mapping[str, int | str]] = {
    "Z": 0, "UT": 0, "UTC": 0, "GMT": 0, "WET": 0,
    "WEST": 60, "BST": 60, "CET": 60, "MET": 60, "MEZ": 60, "WAT": 60,
    "CEST": 120, "MEST": 120, "MESZ": 120, "EET": 120, "SAST": 120, "CAT": 120, "IDT": 180,
    "EEST": 180, "MSK": 180, "EAT": 180, "TRT": 180, "IRST": 210, "GST": 240, "AFT": 270,
    "PKT": 300, "UZT": 300, "IST": 330, "NPT": 345, "BDT": 360, "BTT": 360, "MMT": 390,
    "ICT": 420, "WIB": 420, "SGT": 480, "HKT": 480, "MYT": 480, "PHT": 480, "AWST": 480, "WITA": 480,
    "JST": 540, "KST": 540, "WIT": 540, "ACST": 570, "AEST": 600, "CHST": 600, "ACDT": 630, "AEDT": 660,
    "NZST": 720, "NZDT": 780,
    "NST": -210, "NDT": -150, "BRT": -180, "ART": -180, "UYT": -180, "ADT": -180, "CLT": -240, "EDT": -240, "EST": -300,
    "PET": -300, "COT": -300, "CDT": -300, "CST": -360, "MDT": -360, "MST": -420, "PDT": -420, "PST": -480,
    "AKDT": -480, "AKST": -540, "HST": -600,
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
}  # fmt: skip
_MOST = timedelta(hours=14)  # Kiritimati; no place on earth is farther from Greenwich
_HOUR = 60
_REGION = re.compile(r"[A-Z][A-Za-z_]+(?:/[A-Za-z0-9_+-]+){1,2}")


def zone_of(name: str) -> tzinfo:
    """The zone of an IANA name such as Asia/Kolkata. Raises ExtractError for any other text."""
    zone = _region(name)
    if zone is None:
        raise ExtractError(f"unknown time zone {name!r}: give an IANA name such as Asia/Kolkata")
    return zone


def offset_zone(sign: str, hours: int, minutes: int) -> tzinfo | None:
    """The zone of a numeric offset, or None where no clock on earth runs by it."""
    offset = timedelta(hours=hours, minutes=minutes)
    if minutes >= _HOUR or offset > _MOST:
        return None
    return timezone(-offset if sign == "-" else offset)


def named_zone(name: str, *, default: tzinfo | None, at: datetime) -> tzinfo | None:
    """The zone that `name` means at the naive local instant `at`, or None for a name that we do not know."""
    if default is not None and default.tzname(at) == name:
        return default
    if _REGION.fullmatch(name):
        return _region(name)
    found = _NAMES.get(name.upper())
    if isinstance(found, str):
        return zone_of(found)
    return None if found is None else timezone(timedelta(minutes=found))


@lru_cache(maxsize=64)
def _region(name: str) -> tzinfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
