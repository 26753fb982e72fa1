"""Any date text → an instant, or None: no date is better than a wrong one.

Read are RFC 822 and 2822 with numeric and named zones, ISO 8601 (calendar, ordinal and week dates, basic and extended,
24:00), seconds and milliseconds since 1970, and dates in words of the languages of `months`. None are given for
impossible dates (30 February), months and years without a day, unknown zones, and years outside 1995 to 2100, such as
the zero dates of publishing software.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum
from typing import Final

from .months import ALSO_WEEKDAYS, fold, month_number
from .zones import named_zone, offset_zone, zone_of

_LONGEST = 120
_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 12, 31, tzinfo=UTC)
_MILLISECONDS = 11  # digits from which a number counts milliseconds
_CENTURY_TURN = 50  # RFC 2822 section 4.3: 00 to 49 are 2000 and later
_YEAR_DIGITS = 4
_NOON = 12
_MIDNIGHT_AS_24 = 24
_LEAP_SECOND = 60
_MONTHS = 12

_EPOCH = re.compile(r"(\d{9,10}|\d{12,13})(?:\.\d+)?")
_BASIC = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[T ]?(\d\d)(\d\d)(\d\d)?(?:[.,]\d+)?)?(?=$|Z|\s|[+-])")
_BASIC_TIME = re.compile(r"(?<=\dT)(\d\d)(\d\d)?(\d\d)?(?=$|Z|[+\-.,\s])")
_WEEK_DATE = re.compile(r"(\d{4})-?W(\d\d)-?(\d)(?!\d)")
_ORDINAL_DATE = re.compile(r"(\d{4})-?(\d{3})(?=$|T|\s)")
_NUMERIC = re.compile(r"(?<!\d)(\d{1,4})(?P<mark>[-/.])\s?(\d{1,2})(?P=mark)\s?(\d{1,4})(?!\d)")
_TIME = re.compile(
    r"(?:\b(?P<before>[ap])\.?m\.?\s*|\b(?P<nordic>klo?\.?)\s*)?"
    r"(?<![\d+-])(?P<hour>\d{1,2})"
    r"(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,]\d+)?)?"
    r"|h(?P<french>\d\d)"
    r"|\.(?P<dotted>\d\d)(?(nordic)|(?=\s*(?:[ap]\.?\s?m\b|Uhr\b|WIB\b)))"
    r"|(?=\s*[ap]\.?\s?m\b))"
    r"(?!\d)(?:\s*(?P<after>[ap])\.?\s?m\b\.?)?",
    re.IGNORECASE,
)
_OFFSET = re.compile(
    r"(?<!\w)(?:(?:GMT|UTC|UT|Z)\)?\s?)?(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d\d)?(?![\d/-])"
)
_DAY_OFFSET = re.compile(r"(?<=\d-\d\d)(?:Z|(?P<sign>[+-])(?P<hours>\d\d):(?P<minutes>\d\d))$")  # xs:date
_SPACED_OFFSET = re.compile(r"\b(GMT|UTC)\s*([+-])\s*(?=\d)")
_JAVA_REGION = re.compile(r"\[[A-Za-z_/+-]+\]$")
_ZONE_WORD = re.compile(r"[A-Z][A-Za-z_]+/[A-Za-z0-9_/+-]+|[A-Za-z]+")
_UNKNOWN_ZONE = re.compile(r"[A-Z]{2,5}|[A-Z].*/.*")
_NO_ZONES: Final = frozenset(("AM", "PM", "HR", "HRS", "UHR", "MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"))
_WORD_ENDS = re.compile(r"[\s\d,;:/()\[\].'’|·•_-]+")
_EAST_ASIAN_DATE = re.compile(r"(\d+)\s*[年년]\s*(\d+)\s*[月월]\s*(\d+)\s*[日일]")
_EAST_ASIAN_TIME = re.compile(r"(\d+)\s*[時时시点點]\s*(\d+)\s*[分분](?:\s*(\d+)\s*[秒초])?")
_EAST_ASIAN_HALVES: Final = (
    ("午前", "am"),
    ("上午", "am"),
    ("오전", "am"),
    ("午後", "pm"),
    ("下午", "pm"),
    ("오후", "pm"),
)
_DASHES = re.compile("[\u2010-\u2015\u2212]")
# The two forms that nearly all feeds write, RFC 822 with an offset or GMT and RFC 3339: read without detours.
_MAIL_DATE = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(?P<day>\d{1,2}) "
    r"(?P<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?P<year>\d{4}) "
    r"(?P<clock>(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d) (?:GMT|(?P<hours>[+-](?:0\d|1[0-3]))(?P<minutes>[0-5]\d))",
    re.ASCII,
)
_INTERNET_DATE = re.compile(
    r"(\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.\d{1,9})?(Z|[+-](?:0\d|1[0-3]):[0-5]\d)", re.ASCII
)
_MAIL_MONTHS: Final = {
    "Jan": "01", "Feb": "02", "Mar": "03", "Apr": "04", "May": "05", "Jun": "06",
    "Jul": "07", "Aug": "08", "Sep": "09", "Oct": "10", "Nov": "11", "Dec": "12",
}  # fmt: skip


class Precision(StrEnum):
    """How much of the instant the text tells."""

    DAY = "day"  # the day alone: the instant is its first moment
    MINUTE = "minute"  # the time of day too


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDate:
    """What a date text says. `assumed_zone`: the text named no zone, so the default was used."""

    instant: datetime  # aware UTC
    assumed_zone: bool
    precision: Precision


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clock:
    """A time of day cut out of a text, and what stood before and behind it."""

    time: time
    next_day: bool  # 24:00
    before: str
    after: str


def read_date(text: str, *, default_zone: str | None = None, day_first: bool = True) -> ReadDate | None:
    """The instant that `text` means, or None.

    `default_zone` (IANA name, else UTC) holds for texts without a zone, and its own abbreviations go before the common
    meaning of a zone's name. `day_first`: 02-03-2026 is 2 March. Raises ExtractError for an unknown default zone.
    """
    default = zone_of(default_zone) if default_zone else None
    if len(text) > _LONGEST:
        return None
    try:
        found = _read_common(text, default) or _read_other(_plain_line(text), default, day_first=day_first)
    except (ValueError, OverflowError):  # 30 February, hour 25, an instant beyond the calendar
        return None
    return found if found and _EARLIEST <= found.instant <= _LATEST else None


def _read_common(text: str, default: tzinfo | None) -> ReadDate | None:
    """The instant of the two common forms as `_read_other` gives it, or None for any other form."""
    if mail := _MAIL_DATE.fullmatch(text):
        if default and not mail["hours"]:  # GMT is a name, and the default zone's own names go first
            return None
        offset = f"{mail['hours']}:{mail['minutes']}" if mail["hours"] else "+00:00"
        iso = f"{mail['year']}-{_MAIL_MONTHS[mail['month']]}-{mail['day']:0>2}T{mail['clock']}{offset}"
    elif internet := _INTERNET_DATE.fullmatch(text):
        iso = internet[1] + internet[2]
    else:
        return None
    instant = datetime.fromisoformat(iso).astimezone(UTC)
    return ReadDate(instant=instant, assumed_zone=False, precision=Precision.MINUTE)


def _read_other(line: str, default: tzinfo | None, *, day_first: bool) -> ReadDate | None:
    return _read_basic(line, default) or _read_line(line, default, day_first=day_first)


def _plain_line(text: str) -> str:
    """One line of ASCII digits and plain dashes, with East Asian units rewritten to the common marks."""
    line = " ".join(unicodedata.normalize("NFKC", text).split())
    line = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in line)
    line = _JAVA_REGION.sub("", _DASHES.sub("-", line))
    line = _EAST_ASIAN_DATE.sub(r"\1-\2-\3 ", line)
    line = _EAST_ASIAN_TIME.sub(lambda m: f"{m[1]}:{int(m[2]):02}" + (f":{int(m[3]):02}" if m[3] else ""), line)
    for half, english in _EAST_ASIAN_HALVES:
        line = line.replace(half, f" {english} ")
    return _SPACED_OFFSET.sub(r"\1\2", line).strip()


def _read_basic(line: str, default: tzinfo | None) -> ReadDate | None:
    """Numbers without marks: ISO 8601 basic format, else seconds or milliseconds since 1970."""
    if basic := _BASIC.match(line):
        year, month, day, hour, minute, second = basic.groups()
        clock = f"T{hour}:{minute}:{second or '00'}" if hour else ""
        try:
            return _read_line(f"{year}-{month}-{day}{clock}{line[basic.end() :]}", default, day_first=True)
        except ValueError:
            pass  # no date after all, so perhaps a count
    if epoch := _EPOCH.fullmatch(line):
        count = int(epoch[1])
        seconds = count / 1000 if len(epoch[1]) >= _MILLISECONDS else count
        return ReadDate(instant=datetime.fromtimestamp(seconds, UTC), assumed_zone=False, precision=Precision.MINUTE)
    return None


def _read_line(line: str, default: tzinfo | None, *, day_first: bool) -> ReadDate | None:
    line = _BASIC_TIME.sub(lambda m: ":".join((m[1], m[2] or "00", m[3] or "00")), line)
    clock = _clock(line)
    if clock is None:
        return _read_day(line, default, day_first=day_first)
    offset = _OFFSET.search(clock.after)
    after = clock.after[: offset.start()] + " " + clock.after[offset.end() :] if offset else clock.after
    day = _calendar_day(clock.before, after, day_first=day_first)
    if day is None:
        return None
    local = datetime.combine(day, clock.time) + timedelta(days=clock.next_day)
    if offset:
        zone = offset_zone(offset["sign"], int(offset["hours"]), int(offset["minutes"] or 0))
        return None if zone is None else _read(local, zone, assumed=False)
    return _read_named(local, clock.after, default)


def _read_named(local: datetime, after: str, default: tzinfo | None) -> ReadDate | None:
    """With the zone that is named after the time of day; None where a zone seems named that we do not know."""
    words = _ZONE_WORD.findall(after)
    for word in words:
        if month_number(word) is None and (zone := named_zone(word, default=default, at=local)):
            return _read(local, zone, assumed=False)
    # A zone stands right behind the time of day; `by PIB Delhi` is no zone.
    first = next((w for w in words if w.upper() not in _NO_ZONES), "")
    if (_UNKNOWN_ZONE.fullmatch(first) and month_number(first) is None) or "time" in after.lower():
        return None
    return _read(local, default or UTC, assumed=True)


def _read_day(line: str, default: tzinfo | None, *, day_first: bool) -> ReadDate | None:
    """A day without a time of day; XML Schema allows an offset after it."""
    offset = _DAY_OFFSET.search(line)
    day = _calendar_day(line[: offset.start()] if offset else line, "", day_first=day_first)
    if day is None:
        return None
    local = datetime.combine(day, time())
    if offset:
        zone = offset_zone(offset["sign"], int(offset["hours"]), int(offset["minutes"])) if offset["sign"] else UTC
        return None if zone is None else _read(local, zone, assumed=False, precision=Precision.DAY)
    return _read(local, default or UTC, assumed=True, precision=Precision.DAY)


def _read(local: datetime, zone: tzinfo, *, assumed: bool, precision: Precision = Precision.MINUTE) -> ReadDate:
    return ReadDate(instant=local.replace(tzinfo=zone).astimezone(UTC), assumed_zone=assumed, precision=precision)


def _clock(line: str) -> _Clock | None:
    found = _TIME.search(line)
    if found is None:
        return None
    hour, half = int(found["hour"]), (found["before"] or found["after"] or "").lower()
    minute = int(found["minute"] or found["french"] or found["dotted"] or 0)
    second = int(found["second"] or 0)
    if half == "p" and hour < _NOON:
        hour += _NOON
    elif half == "a" and hour == _NOON:
        hour = 0
    elif half == "a" and hour > _NOON:
        raise ValueError("an afternoon hour is marked as morning")
    next_day = hour == _MIDNIGHT_AS_24 and minute == second == 0
    clock = time(0 if next_day else hour, minute, 59 if second == _LEAP_SECOND else second)
    return _Clock(time=clock, next_day=next_day, before=line[: found.start()], after=line[found.end() :])


def _calendar_day(before: str, after: str, *, day_first: bool) -> date | None:
    if week := _WEEK_DATE.match(before):
        return date.fromisocalendar(*map(int, week.groups()))
    if ordinal := _ORDINAL_DATE.match(before):
        if not 1 <= int(ordinal[2]) <= 366:  # noqa: PLR2004 -- days of a leap year
            return None
        day = date(int(ordinal[1]), 1, 1) + timedelta(days=int(ordinal[2]) - 1)
        return day if day.year == int(ordinal[1]) else None
    rest = f"{before} {after}"
    if numeric := _NUMERIC.search(rest):
        outside = rest[: numeric.start()] + rest[numeric.end() :]
        return None if re.search(r"\d", outside) else _numeric_day(numeric, day_first=day_first)
    return _day_in_words(rest)


def _numeric_day(found: re.Match[str], *, day_first: bool) -> date | None:
    first, mark, second, third = found.groups()
    if len(first) == _YEAR_DIGITS and len(third) < _YEAR_DIGITS:
        return date(int(first), int(second), int(third))
    if not (len(first) < _YEAR_DIGITS and (len(third) == _YEAR_DIGITS or (len(third) == 2 and mark != "-"))):  # noqa: PLR2004
        return None  # 03-12-31: nobody can know
    day, month = int(first), int(second)
    if not day_first and mark != ".":  # dots are written where the day comes first
        day, month = month, day
    if month > _MONTHS:
        day, month = month, day
    return date(_full_year(third), month, day)


def _day_in_words(text: str) -> date | None:
    """A day, a month by name and a year, in the orders `2 March 2026`, `March 2, 2026` and `2026 March 2`."""
    words = [word for word in _WORD_ENDS.split(text) if word]
    months = {fold(word): number for word in words if (number := month_number(word))}
    if len(set(months.values())) > 1:
        months = {word: number for word, number in months.items() if word not in ALSO_WEEKDAYS}
    numbers = re.findall(r"\d+", text)
    if len(set(months.values())) != 1 or len(numbers) != 2:  # noqa: PLR2004 -- day and year
        return None
    first, second = numbers
    year, day = (first, second) if len(first) == _YEAR_DIGITS else (second, first)
    if len(year) not in (2, _YEAR_DIGITS) or len(day) > 2:  # noqa: PLR2004 -- digits
        return None
    return date(_full_year(year), next(iter(months.values())), int(day))


def _full_year(digits: str) -> int:
    year = int(digits)
    if len(digits) == _YEAR_DIGITS:
        return year
    return year + (2000 if year < _CENTURY_TURN else 1900)
