"""What a publisher allows, read from page and answer; and what a wrong charset leaves in a text."""

from datetime import UTC, datetime

import pytest

from extractors import DateFault, ExtractError, extract_article
from extractors.mojibake import mojibake_share
from extractors.signals import read_policy, read_signals

PROSE = "The pier of Merrow is closed until the cracks in eleven of its pillars are mended. " * 6
URL = "https://post.example/pier"


@pytest.mark.parametrize(
    ("robots", "header", "signals"),
    [
        ("noarchive, nosnippet", "", ("noarchive", "nosnippet")),
        ("NOINDEX;nofollow", "", ("noindex",)),
        ("none", "", ("noindex",)),
        ("index,follow,max-snippet:-1", "all", ()),
        ("max-snippet: 0", "", ("nosnippet",)),
        ("", "noarchive", ("noarchive",)),
        ("noindex", "nosnippet", ("noindex", "nosnippet")),
        ("", "googlebot: noindex, nofollow", ("noindex",)),
        ("", "otherbot: noindex, nofollow", ()),
        ("", "otherbot: noindex, googlebot: nosnippet", ("nosnippet",)),
        ("", "unavailable_after: 25 Jun 2030 15:00:00 PST, noarchive", ("noarchive",)),
        ("", "noindex noarchive", ("noarchive", "noindex")),
        ("noai, noimageai", "", ("noai",)),
        ("", "*: noindex", ("noindex",)),
    ],
)
def test_robots_rules_of_page_and_header_add_up(robots: str, header: str, signals: tuple[str, ...]) -> None:
    assert read_signals({"robots": (robots,)}, {"x-robots-tag": header}) == signals


@pytest.mark.parametrize(
    ("meta", "header", "reserved"),
    [
        ("1", "", True),
        ("", "1", True),
        ("0", "1", False),
        ("x", "1", True),
        ("0", "0", False),
        ("", " 1 ", True),
        ("yes", "", False),
    ],
)
def test_a_reservation_of_mining_is_read_from_either_place(meta: str, header: str, *, reserved: bool) -> None:
    found = read_signals({"tdm-reservation": (meta,)}, {"tdm-reservation": header})
    assert found == (("tdm-reservation",) if reserved else ())


def test_the_policy_of_the_page_goes_before_that_of_the_answer() -> None:
    assert (
        read_policy({"tdm-policy": ("https://post.example/p.json",)}, {"tdm-policy": "/q"})
        == "https://post.example/p.json"
    )
    assert read_policy({}, {"tdm-policy": " /q "}) == "/q"
    assert read_policy({}, {}) is None


def test_signals_of_the_answer_are_kept_with_the_article() -> None:
    head = '<title>Pier</title><meta name="robots" content="nosnippet">'
    page = f"<html><head>{head}</head><body><p>{PROSE}</p></body></html>"
    headers = {
        "content-type": "text/html; charset=utf-16-le",
        "x-robots-tag": "noarchive",
        "tdm-reservation": "1",
        "tdm-policy": "/tdm.json",
    }
    found = extract_article(page.encode("utf-16-le"), URL, headers=headers)
    assert found.signals == ("noarchive", "nosnippet", "tdm-reservation")
    assert found.tdm_policy == "/tdm.json"
    assert extract_article(b"<div>" * 5000 + b"x", URL, headers=headers | {"content-type": ""}).signals == (
        "noarchive",
        "tdm-reservation",
    )


GOOD = (
    "Il est arrivé…» dit-il. CAFÉ» MENÜ“ «JOURNÉE…» — à «nous» ½ Ñandú, ¿qué? À la carte – Übergröße",
    "Путин сказал: «Привет»",
    "मोदी ने कहा कि सब ठीक है",
    "Η Ελλάδα",
    "الحكومة قالت",
    "東京で会談",
    "Tiếng Việt có dấu",
)


@pytest.mark.parametrize("text", GOOD)
def test_a_text_that_was_read_rightly_has_no_trace_of_a_wrong_charset(text: str) -> None:
    assert mojibake_share(text) == 0.0


@pytest.mark.parametrize("charset", ["cp1252", "latin-1"])
@pytest.mark.parametrize("text", ["Größe, Häuser", *GOOD[1:6]])
def test_utf_8_that_was_read_as_another_charset_is_counted(text: str, charset: str) -> None:
    assert mojibake_share(text.encode().decode(charset, "replace")) > 0.3


def test_other_damage_is_counted_too() -> None:
    assert mojibake_share("Новости".encode("cp1251").decode("latin-1")) == 1.0
    assert 0.1 < mojibake_share("l\ufffdgende") < 0.2
    assert mojibake_share("", " \n") == 0.0


def test_the_share_is_kept_with_the_article() -> None:
    page = f"<html><head><meta charset=utf-8><title>Pier</title></head><body><p>{PROSE} Größe</p></body></html>"
    assert extract_article(page.encode(), URL).mojibake == 0.0
    twice = page.replace("Größe", "Größe".encode().decode("cp1252"))
    assert extract_article(twice.encode(), URL).mojibake > 0.0


@pytest.mark.parametrize(
    ("head", "field", "text", "fault"),
    [
        (
            '<meta property="article:published_time" content="2026-02-30T10:00:00Z">',
            "published",
            "2026-02-30T10:00:00Z",
            DateFault.IMPOSSIBLE,
        ),
        (
            '<meta property="article:published_time" content="0001-01-01">',
            "published",
            "0001-01-01",
            DateFault.IMPOSSIBLE,
        ),
        ('<meta property="article:published_time" content="2031-01-01">', "published", "2031-01-01", DateFault.FUTURE),
        ('<meta name="date" content="soon">', "published", "soon", DateFault.UNREADABLE),
        ('<meta property="article:modified_time" content="2031-01-01">', "modified", "2031-01-01", DateFault.FUTURE),
        (
            (
                '<meta property="article:published_time" content="2026-03-03T08:00:00Z">'
                '<meta property="article:modified_time" content="2024-01-01T00:00:00+00:00">'
            ),
            "modified",
            "2024-01-01T00:00:00+00:00",
            DateFault.BEFORE_PUBLICATION,
        ),
    ],
)
def test_a_date_that_cannot_be_is_dropped_with_its_reason(head: str, field: str, text: str, fault: DateFault) -> None:
    page = f"<html><head><title>Pier</title>{head}</head><body><h1>Pier</h1><p>{PROSE}</p></body></html>"
    found = extract_article(page.encode(), URL, now=datetime(2026, 3, 4, tzinfo=UTC))
    (dropped,) = found.dropped_dates
    assert (dropped.field, dropped.text, dropped.fault) == (field, text, fault)
    assert getattr(found, field) is None


def test_lengths_of_films_and_times_of_day_are_no_dropped_dates() -> None:
    times = "<time datetime=PT2M53S>3 min</time><time datetime='14:36'>x</time>"
    page = f"<html><body><h1>Pier</h1>{times}<p>{PROSE}</p></body></html>"
    assert extract_article(page.encode(), URL).dropped_dates == ()


def test_an_unknown_charset_in_a_header_does_no_harm() -> None:
    assert extract_article(PROSE.encode(), URL, headers={"content-type": "text/html; charset=x"}).text
    with pytest.raises(ExtractError):
        extract_article(b"%PDF-1.7", URL, headers={"content-type": "text/html"})
