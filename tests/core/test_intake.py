"""What makes an entry the same one, and which entries are new."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from extractors.records import ParsedEntry, ParsedFeed
from newsdesk.intake import Known, article_id, decide, entry_fingerprint, identity

WHEN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
ENTRY = ParsedEntry(
    guid="tag:gazette.example,2026:1",
    link="http://gazette.example/one",
    title="Traders meet in Surat",
    published=WHEN,
    published_source=None,
    updated=None,
    summary="They met.",
    content="",
    authors=(),
)


def feed(*entries: ParsedEntry, repeated: bool = False) -> ParsedFeed:
    return ParsedFeed(
        format="rss20", title="Gazette", link=None, language=None, entries=entries, repeated_guids=repeated
    )


def known(*entries: ParsedEntry) -> dict[str, Known]:
    return {
        identity(entry, repeated_guids=False): Known(fingerprint=entry_fingerprint(entry), version=1)
        for entry in entries
    }


def entry(number: int, *, content: str = "") -> ParsedEntry:
    link = f"http://gazette.example/{number}"
    return replace(ENTRY, guid=f"guid-{number}", link=link, title=f"Story {number}", content=content)


def test_a_guid_is_taken_as_it_stands() -> None:
    assert identity(ENTRY, repeated_guids=False) == ENTRY.guid
    assert identity(replace(ENTRY, guid="HTTP://a/B"), repeated_guids=False) == "HTTP://a/B"


def test_without_a_guid_the_link_counts_and_tracking_does_not() -> None:
    plain = replace(ENTRY, guid=None)
    tracked = replace(plain, link="http://gazette.example/one?utm_source=rss")
    assert identity(plain, repeated_guids=False) == identity(tracked, repeated_guids=False)


def test_without_guid_and_link_the_words_count() -> None:
    bare = replace(ENTRY, guid=None, link=None)
    assert identity(bare, repeated_guids=False).startswith("text:")
    assert identity(bare, repeated_guids=False) != identity(replace(bare, title="Other"), repeated_guids=False)


def test_a_repeated_guid_is_joined_to_the_link() -> None:
    one, two = replace(ENTRY, guid="1", link="http://a.example/1"), replace(ENTRY, guid="1", link="http://a.example/2")
    assert len(decide("feed", feed(one, two, repeated=True), {})) == 2


def test_replaying_a_document_in_any_order_gives_nothing() -> None:
    entries = [entry(number) for number in range(3)]
    for order in permutations(entries):
        assert decide("feed", feed(*order), known(*entries)) == ()


def test_one_new_entry_gives_one_intent() -> None:
    found = decide("feed", feed(entry(3), entry(1)), known(entry(1), entry(2)))
    assert [(intent.entry.title, intent.version) for intent in found] == [("Story 3", 1)]


def test_an_edit_is_the_next_version_of_the_same_row() -> None:
    edited = replace(entry(1), title="Story 1, corrected")
    first = decide("feed", feed(entry(1)), {})[0]
    found = decide("feed", feed(edited), known(entry(1)))[0]
    assert (found.version, found.id) == (2, first.id)


def test_new_dates_blanks_and_rotating_pictures_are_no_edit() -> None:
    before = entry(1, content='<p>Text <img src="http://a.example/1.gif"></p>')
    after = replace(
        before,
        updated=WHEN,
        published=WHEN,
        summary=" They  met. ",
        content='<p>Text <img src="http://a.example/2.gif"></p>',
    )
    assert decide("feed", feed(after), known(before)) == ()


def test_the_same_entry_twice_in_a_document_is_one() -> None:
    assert len(decide("feed", feed(entry(1), entry(1)), {})) == 1


def test_ids_differ_between_feeds() -> None:
    assert decide("a", feed(entry(1)), {})[0].id != decide("b", feed(entry(1)), {})[0].id


@given(st.text(), st.text())
def test_fields_cannot_run_into_each_other(title: str, summary: str) -> None:
    joined = replace(ENTRY, title=title + "x", summary=summary)
    apart = replace(ENTRY, title=title, summary="x" + summary)
    if " ".join(joined.title.split()) != " ".join(apart.title.split()):
        assert entry_fingerprint(joined) != entry_fingerprint(apart)


def test_an_article_is_the_same_with_and_without_tracking() -> None:
    assert article_id("http://gazette.example/one?utm_campaign=x#top") == article_id("http://gazette.example/one")
    assert article_id("http://gazette.example/?p=1") != article_id("http://gazette.example/?p=2")
