"""Date texts of feeds and the instants they mean."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.dates import Precision, read_date
from extractors.months import _names
from extractors.records import ExtractError
from extractors.zones import zone_of

# The same moment, 2 March 2026 10:00 on the clock of the text, in UTC.
READ = {
    # RFC 822 and 2822
    "Mon, 02 Mar 2026 10:00:00 +0530": "2026-03-02T04:30",
    "Mon, 2 Mar 2026 10:00:00 +0000": "2026-03-02T10:00",
    "Mon, 02 Mar 2026 10:00:00 -0000": "2026-03-02T10:00",
    "02 Mar 2026 10:00 -0800": "2026-03-02T18:00",
    "Mon, 02 Mar 26 10:00:00 GMT": "2026-03-02T10:00",
    "Wed, 02 Mar 2026 10:00:00 GMT": "2026-03-02T10:00",  # it was a Monday
    "MON, 02 MAR 2026 10:00:00 GMT": "2026-03-02T10:00",
    "Mon, 02 Mar 2026 10:00:00 +5:30": "2026-03-02T04:30",
    "Mon, 02 Mar 2026 10:00:00 +530": "2026-03-02T04:30",
    "Mon, 02 Mar 2026 10:00:00 +05": "2026-03-02T05:00",
    "Mon, 02 Mar 2026 10:00:00 +05:30 (IST)": "2026-03-02T04:30",
    "Mon, 02 Mar 2026 10:00:60 GMT": "2026-03-02T10:00:59",
    "Mon,02 Mar 2026 10:00:00GMT": "2026-03-02T10:00",
    "Mon, 02 Mar 99 10:00:00 GMT": "1999-03-02T10:00",
    # named zones
    "Mon, 02 Mar 2026 10:00:00 IST": "2026-03-02T04:30",
    "Mon, 02 Mar 2026 10:00:00 PKT": "2026-03-02T05:00",
    "Mon, 02 Mar 2026 10:00:00 NPT": "2026-03-02T04:15",
    "Mon, 02 Mar 2026 10:00:00 BDT": "2026-03-02T04:00",
    "Mon, 02 Mar 2026 10:00:00 SGT": "2026-03-02T02:00",
    "Mon, 02 Mar 2026 10:00:00 HKT": "2026-03-02T02:00",
    "Mon, 02 Mar 2026 10:00:00 JST": "2026-03-02T01:00",
    "Mon, 02 Mar 2026 10:00:00 KST": "2026-03-02T01:00",
    "Mon, 02 Mar 2026 10:00:00 AEST": "2026-03-02T00:00",
    "Mon, 02 Mar 2026 10:00:00 AEDT": "2026-03-01T23:00",
    "Mon, 02 Mar 2026 10:00:00 NZDT": "2026-03-01T21:00",
    "Mon, 02 Mar 2026 10:00:00 BST": "2026-03-02T09:00",
    "Mon, 02 Mar 2026 10:00:00 CET": "2026-03-02T09:00",
    "Mon, 02 Mar 2026 10:00:00 CEST": "2026-03-02T08:00",
    "Mon, 02 Mar 2026 10:00:00 MEZ": "2026-03-02T09:00",
    "Mon, 02 Mar 2026 10:00:00 EET": "2026-03-02T08:00",
    "Mon, 02 Mar 2026 10:00:00 EEST": "2026-03-02T07:00",
    "Mon, 02 Mar 2026 10:00:00 MSK": "2026-03-02T07:00",
    "Mon, 02 Mar 2026 10:00:00 SAST": "2026-03-02T08:00",
    "Mon, 02 Mar 2026 10:00:00 WIB": "2026-03-02T03:00",
    "Mon, 02 Mar 2026 10:00:00 EST": "2026-03-02T15:00",
    "Mon, 02 Mar 2026 10:00:00 EDT": "2026-03-02T14:00",
    "Mon, 02 Mar 2026 10:00:00 CST": "2026-03-02T16:00",
    "Mon, 02 Mar 2026 10:00:00 PST": "2026-03-02T18:00",
    "Mon, 02 Mar 2026 10:00:00 ET": "2026-03-02T15:00",
    "Thu, 02 Jul 2026 10:00:00 ET": "2026-07-02T14:00",
    "Mon, 02 Mar 2026 10:00:00 ut": "2026-03-02T10:00",
    "Mon, 02 Mar 2026 10:00:00 Asia/Kolkata": "2026-03-02T04:30",
    "Mon, 02 Mar 2026 10:00:00 GMT+5:30": "2026-03-02T04:30",
    "Mon, 02 Mar 2026 10:00:00 GMT+0530": "2026-03-02T04:30",
    "Mon, 02 Mar 2026 10:00:00 UTC+05:30": "2026-03-02T04:30",
    "Mon, 02 Mar 2026 10:00:00 GMT + 5:30": "2026-03-02T04:30",
    "02 Mar 2026 10:00 (UTC−5)": "2026-03-02T15:00",
    "2026-03-02 10:00:00 IST": "2026-03-02T04:30",
    # programs
    "Mon Mar 02 2026 10:00:00 GMT+0530 (India Standard Time)": "2026-03-02T04:30",
    "Mon Mar  2 10:00:00 IST 2026": "2026-03-02T04:30",
    "02/Mar/2026:10:00:00 +0530": "2026-03-02T04:30",
    "2026-03-02T10:00:00+05:30[Asia/Kolkata]": "2026-03-02T04:30",
    # ISO 8601
    "2026-03-02T10:00:00Z": "2026-03-02T10:00",
    "2026-03-02t10:00:00z": "2026-03-02T10:00",
    "2026-03-02T10:00:00.123456789Z": "2026-03-02T10:00",
    "2026-03-02T10:00:00,5Z": "2026-03-02T10:00",
    "2026-03-02T10:00Z": "2026-03-02T10:00",
    "2026-03-02T10Z": "2026-03-02T10:00",
    "2026-03-02T10:00:00+05:30": "2026-03-02T04:30",
    "2026-03-02T10:00:00+0530": "2026-03-02T04:30",
    "2026-03-02T10:00:00+05": "2026-03-02T05:00",
    "2026-03-02T10:00:00 +0530": "2026-03-02T04:30",
    "2026-03-02 10:00:00 +0530": "2026-03-02T04:30",
    "2026-03-02T10:00:00-07:00": "2026-03-02T17:00",
    "20260302T100000Z": "2026-03-02T10:00",
    "20260302T1000+0530": "2026-03-02T04:30",
    "2026-03-02T1000+0530": "2026-03-02T04:30",
    "2026-W10-1T10:00:00Z": "2026-03-02T10:00",
    "2026-061T10:00:00Z": "2026-03-02T10:00",
    "2026-03-02T24:00:00Z": "2026-03-03T00:00",
    "2026-12-31T24:00:00+05:30": "2026-12-31T18:30",
    # numbers
    "1772445600": "2026-03-02T10:00",
    "1772445600000": "2026-03-02T10:00",
    "1772445600.25": "2026-03-02T10:00",
    "999999999": "2001-09-09T01:46:39",
    # words
    "March 2, 2026 10:00 AM IST": "2026-03-02T04:30",
    "Mar. 2nd, 2026, 12:30 a.m. EST": "2026-03-02T05:30",
    "10:00 PM IST, 2 March 2026": "2026-03-02T16:30",
    "02 Mar 2026, 10:00 hrs IST": "2026-03-02T04:30",
    "2. März 2026, 10.30 Uhr MEZ": "2026-03-02T09:30",
    "mar. 3 mars 2026 10h30 CET": "2026-03-03T09:30",
    "lunes, 2 de marzo de 2026 10:00 CET": "2026-03-02T09:00",
    "२ मार्च २०२६ १०:०० IST": "2026-03-02T04:30",
    "2 марта 2026 г., 10:00 MSK": "2026-03-02T07:00",
    "2026年3月2日 下午3時05分 JST": "2026-03-02T06:05",
    "2026년 3월 2일 오후 3:05 KST": "2026-03-02T06:05",
}  # fmt: skip

# Without a zone: UTC is assumed and that is told.
ASSUMED = {
    "2026-03-02 10:00:00": "2026-03-02T10:00",
    "2026/03/02 10:00": "2026-03-02T10:00",
    "20260302100000": "2026-03-02T10:00",
    "02-03-2026 10:00:00": "2026-03-02T10:00",
    "13/02/2026 10:00": "2026-02-13T10:00",
    "02/13/2026 10:00": "2026-02-13T10:00",
    "10:00 02-03-2026": "2026-03-02T10:00",
    "10:00 02-Mar-2026": "2026-03-02T10:00",
    "Mon Mar  2 10:00:00 2026": "2026-03-02T10:00",
    "Mon, 02 Mar 2026 10:00:00 A": "2026-03-02T10:00",  # RFC 2822 4.3: military letters mean nothing
    "2 février 2026 à 10h30": "2026-02-02T10:30",
    "10 AM, March 2, 2026": "2026-03-02T10:00",
    "12:30 pm 2 March 2026": "2026-03-02T12:30",
    "2. marts 2026 kl. 10.30": "2026-03-02T10:30",
    "2.3.2026 klo 10.30": "2026-03-02T10:30",
    "Posted On: 02 MAR 2026 8:12PM by PIB Delhi": "2026-03-02T20:12",
}

DAYS = {
    "2026-03-02": "2026-03-02T00:00",
    "20260302": "2026-03-02T00:00",
    "2026-061": "2026-03-02T00:00",
    "2026-W10-1": "2026-03-02T00:00",
    "02-Mar-2026": "2026-03-02T00:00",
    "02.03.26": "2026-03-02T00:00",
    "2 March 2026": "2026-03-02T00:00",
    "March 2, 2026": "2026-03-02T00:00",
    "2Mar2026": "2026-03-02T00:00",
}

UNREADABLE = (
    "", "yesterday", "2 hours ago", "0", "-1", "2026", "2026-03", "March 2026", "2026-W10", "03-12-31",
    "2026-02-30T10:00:00Z", "30 Feb 2026 10:00 GMT", "2026-13-01", "2026-366", "2026-000", "31/04/2026", "29 Feb 2025",
    "2026-03-02T25:00:00Z", "2026-03-02T10:61:00Z", "2026-03-02T24:01:00Z", "13:00 AM 2 March 2026",
    "0001-01-01T00:00:00Z", "0000-00-00 00:00:00", "1970-01-01T00:00:00Z", "1994-12-31T23:59:59Z", "9999-12-31",
    "100000000", "99999999999999999999", "Mon, 02 Mar 2026 10:00:00 XYZ", "Mon, 02 Mar 2026 10:00:00 AST",
    "Mon, 02 Mar 2026 10:00 Eastern Time", "Mon, 02 Mar 2026 10:00:00 +9900", "2026-03-02T10:00:00+0560",
    "2026-03-02 10:00 Mars/Olympus", "2 March or 3 April 2026", "2 3 March 2026", "2 March 20267", "02-03-2026 7",
    "12345678901", "x" * 200,
)  # fmt: skip


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_the_tables_are_worth_their_name() -> None:
    assert len(READ) + len(ASSUMED) + len(DAYS) + len(UNREADABLE) >= 140


@pytest.mark.parametrize(("text", "expected"), READ.items(), ids=lambda text: text)
def test_a_date_with_a_zone_is_that_instant(text: str, expected: str) -> None:
    found = read_date(text)
    assert found is not None
    assert (found.instant.replace(microsecond=0), found.assumed_zone) == (instant(expected), False)
    assert found.precision is Precision.MINUTE


@pytest.mark.parametrize(("text", "expected"), ASSUMED.items(), ids=lambda text: text)
def test_a_date_without_a_zone_tells_that_one_was_assumed(text: str, expected: str) -> None:
    found = read_date(text)
    assert found is not None
    assert (found.instant, found.assumed_zone) == (instant(expected), True)


@pytest.mark.parametrize(("text", "expected"), DAYS.items(), ids=lambda text: text)
def test_a_day_alone_is_its_first_moment(text: str, expected: str) -> None:
    found = read_date(text)
    assert found is not None
    assert (found.instant, found.precision) == (instant(expected), Precision.DAY)


@pytest.mark.parametrize("text", UNREADABLE)
def test_no_date_is_better_than_a_wrong_one(text: str) -> None:
    assert read_date(text) is None


def test_a_day_with_an_offset_needs_no_assumption() -> None:
    found = read_date("2026-03-02+05:30")
    assert found is not None
    assert (found.instant, found.assumed_zone) == (instant("2026-03-01T18:30"), False)
    assert read_date("2026-03-02Z") is not None
    assert read_date("2026-03-02+15:00") is None


def test_the_default_zone_holds_where_the_text_has_none() -> None:
    found = read_date("2026-03-02 10:00", default_zone="Asia/Kolkata")
    assert found is not None
    assert (found.instant, found.assumed_zone) == (instant("2026-03-02T04:30"), True)


def test_the_default_zone_knows_summer_time() -> None:
    found = read_date("2 July 2026 10:00", default_zone="Europe/Berlin")
    assert found is not None
    assert found.instant == instant("2026-07-02T08:00")


@pytest.mark.parametrize(
    ("zone", "text", "expected"),
    [
        ("Asia/Jerusalem", "02 Mar 2026 10:00 IST", "2026-03-02T08:00"),
        ("Europe/Dublin", "02 Jul 2026 10:00 IST", "2026-07-02T09:00"),
        ("Asia/Shanghai", "02 Mar 2026 10:00 CST", "2026-03-02T02:00"),
        ("Asia/Kolkata", "02 Mar 2026 10:00 GMT", "2026-03-02T10:00"),
    ],
)
def test_a_zones_own_abbreviation_goes_before_the_common_meaning(zone: str, text: str, expected: str) -> None:
    found = read_date(text, default_zone=zone)
    assert found is not None
    assert found.instant == instant(expected)


def test_the_order_of_day_and_month_is_the_feeds() -> None:
    first, second = read_date("02-03-2026"), read_date("02-03-2026", day_first=False)
    assert first is not None
    assert second is not None
    assert (first.instant, second.instant) == (instant("2026-03-02"), instant("2026-02-03"))


def test_dots_put_the_day_first_whatever_the_order() -> None:
    found = read_date("02.03.2026", day_first=False)
    assert found is not None
    assert found.instant == instant("2026-03-02")


def test_an_unknown_default_zone_is_an_error_that_names_it() -> None:
    with pytest.raises(ExtractError, match="Mars/Olympus"):
        read_date("2026-03-02", default_zone="Mars/Olympus")
    with pytest.raises(ExtractError, match="IANA"):
        zone_of("../../etc/passwd")


def test_no_name_of_a_month_means_two_months() -> None:
    numbers: dict[str, set[int]] = {}
    for name, number in _names():
        numbers.setdefault(name, set()).add(number)
    assert {name: found for name, found in numbers.items() if len(found) > 1} == {}
    assert len(numbers) > 400


def test_every_name_of_a_month_is_read() -> None:
    days = {(name, number): read_date(f"14 {name} 2026") for name, number in _names()}
    wrong = {
        key: day for key, day in days.items() if day is None or (day.instant.month, day.instant.day) != (key[1], 14)
    }
    assert wrong == {}


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_date_or_none(text: str) -> None:
    found = read_date(text)
    assert found is None or found.instant.tzinfo is UTC


@settings(deadline=None)
@given(
    st.datetimes(datetime(1995, 1, 2), datetime(2100, 1, 1), timezones=st.timezones()),  # noqa: DTZ001 -- bounds are naive
)
def test_what_python_writes_in_iso_format_is_read_back(moment: datetime) -> None:
    offset = moment.utcoffset()
    assert offset is not None
    if offset.total_seconds() % 60 == 0:
        found = read_date(moment.isoformat(timespec="seconds"))
        assert found is not None
        assert found.instant == moment.replace(microsecond=0).astimezone(UTC)
