"""What makes an entry the same one, which entries are new, and which edits count."""

from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.records import ParsedEntry
from newsdesk.intake import GuidRule, article_id, entry_fingerprint, identity, is_material, link_key, list_entries
from newsdesk.model import Via
from tests.core.intake_ledger import BODY, DAY, ENTRY, HOUR, WHEN, Memory, entries, entry, feed, kinds, new_titles, seen


def test_a_guid_is_taken_as_it_stands() -> None:
    assert identity(ENTRY) == ENTRY.guid
    assert identity(replace(ENTRY, guid="HTTP://a/B")) == "HTTP://a/B"


def test_without_a_guid_the_link_counts_and_tracking_does_not() -> None:
    plain = replace(ENTRY, guid=None)
    tracked = replace(plain, link="http://gazette.example/one?utm_source=rss")
    assert identity(plain) == identity(tracked)


def test_without_guid_and_link_the_words_count() -> None:
    bare = replace(ENTRY, guid=None, link=None)
    assert identity(bare).startswith("text:")
    assert identity(bare) != identity(replace(bare, title="Other"))


def test_an_endless_guid_becomes_an_identity_that_a_database_can_index() -> None:
    one, two = (identity(replace(ENTRY, guid="x" * 5000 + end)) for end in "ab")
    assert one != two
    assert len(one) < 700


@pytest.mark.parametrize("rule", GuidRule)
def test_every_rule_gives_every_entry_a_name(rule: GuidRule) -> None:
    shapes = [replace(ENTRY, guid=guid, link=link) for guid in ("g", None) for link in (ENTRY.link, None)]
    assert all(identity(shape, rule) for shape in shapes)


def test_a_guid_on_two_links_makes_the_feed_count_the_link_too() -> None:
    one, two = entry(1, guid="1"), entry(2, guid="1")
    memory = Memory()
    decision = memory.read(feed(one, two))
    assert (len(decision.intents), decision.guid_rule, kinds(decision)) == (2, GuidRule.GUID_LINK, ["repeated-guids"])
    again = memory.read(feed(one))
    assert (again.intents, again.guid_rule, again.events) == ((), GuidRule.GUID_LINK, ())


def test_an_entry_that_stands_twice_in_a_document_repeats_no_guid() -> None:
    listing = list_entries(feed(entry(1), entry(1)))
    assert (len(listing.items), listing.rule) == (1, GuidRule.GUID)


def test_stories_under_one_guid_and_one_link_are_told_apart_by_their_titles() -> None:
    home = "https://gazette.example/"
    stories = [entry(number, guid=home, link=home) for number in range(3)]
    memory = Memory()
    decision = memory.read(feed(*stories))
    assert (len(decision.intents), decision.guid_rule) == (3, GuidRule.GUID_LINK_TITLE)
    assert new_titles(memory.read(feed(entry(9, guid=home, link=home), *stories))) == ["Story 9"]


def test_of_two_forms_of_an_entry_in_a_document_the_newest_counts_whatever_the_order() -> None:
    old, new = entry(1, updated=WHEN), entry(1, updated=WHEN + HOUR, title="Story 1, corrected")
    for order in ((old, new), (new, old)):
        memory = seen(entry(1))
        assert [intent.entry.title for intent in memory.read(feed(*order)).intents] == ["Story 1, corrected"]
        assert memory.read(feed(*order)).intents == ()


def test_replaying_a_document_in_any_order_gives_nothing() -> None:
    listed = entries(1, 2, 3)
    memory = seen(*listed)
    for order in permutations(listed):
        decision = memory.read(feed(*order), after=HOUR)
        assert (decision.intents, decision.aliases, decision.events, decision.overlap) == ((), (), (), 1.0)


def test_one_new_entry_gives_one_intent() -> None:
    decision = seen(*entries(1, 2)).read(feed(*entries(3, 1)))
    assert [(intent.entry.title, intent.version, intent.muted) for intent in decision.intents] == [
        ("Story 3", 1, False)
    ]


def test_an_edit_is_the_next_version_of_the_same_row() -> None:
    memory = seen(entry(1))
    first = next(iter(memory.stored))
    found = memory.read(feed(entry(1, title="Story 1, corrected"))).intents[0]
    assert (found.version, found.id, found.material) == (2, first, True)


NO_EDITS: dict[str, tuple[dict[str, str], dict[str, str]]] = {
    "white space": ({"summary": "They met."}, {"summary": " They  met.\n"}),
    "rotating picture": (
        {"content": f'<p>{BODY}<img src="http://ads.example/1.gif"></p>'},
        {"content": f'<p>{BODY}<a href="http://ads.example/2"><img src="http://ads.example/2.gif"></a></p>'},
    ),
    "tracking pixel": (
        {"content": f"<p>{BODY}</p>"},
        {"content": f'<p>{BODY}</p><img src="https://p.example/?r=9" width="1">'},
    ),
    "comment count": (
        {"content": f"<p>{BODY}</p><p>12 comments</p>"},
        {"content": f"<p>{BODY}</p><p>1,013 Comments</p>"},
    ),
    "first comment": ({"content": f"<p>{BODY}</p>"}, {"content": f'<p>{BODY}</p><a href="#c">(1 comment)</a>'}),
    "comment count at the end of a summary": ({"summary": f"{BODY} 3 Comments"}, {"summary": f"{BODY} 24 Comments"}),
    "points": ({"summary": "URL: a/1 Points: 5 # Comments: 0"}, {"summary": "URL: a/1 Points: 77 # Comments: 31"}),
    "age": ({"content": f"<p>{BODY}</p><i>2 hours ago</i>"}, {"content": f"<p>{BODY}</p><i>Posted 3 hours ago</i>"}),
    "tracking parameter": (
        {"link": "https://gazette.example/1?utm_source=a"},
        {"link": "https://gazette.example/1?utm_source=b&fbclid=9"},
    ),
    "fragment": ({"link": "https://gazette.example/1"}, {"link": "https://gazette.example/1#rss"}),
    "https": ({"link": "http://gazette.example/1"}, {"link": "https://www.gazette.example/1"}),
    "another host": ({"link": "https://gazette.example/a/1"}, {"link": "https://daily-gazette.example/a/1"}),
}


@pytest.mark.parametrize(("before", "after"), NO_EDITS.values(), ids=NO_EDITS)
def test_noise_is_no_edit(before: dict[str, str], after: dict[str, str]) -> None:
    memory = seen(entry(1, **before))
    dated = entry(1, **after, published=WHEN + HOUR, updated=WHEN + HOUR)
    assert memory.read(feed(dated), after=DAY).intents == ()


EDITS: dict[str, tuple[dict[str, str], dict[str, str], bool]] = {
    "title": ({}, {"title": "Story 1: the end"}, True),
    "case of the title": ({"title": "The end"}, {"title": "The End"}, False),
    "a word of forty": ({"summary": BODY}, {"summary": BODY.replace("four", "five")}, False),
    "half of the text": ({"summary": BODY}, {"summary": BODY[: len(BODY) // 2]}, True),
    "a paragraph more": (
        {"content": f"<p>{BODY}</p>"},
        {"content": f"<p>{BODY}</p><p>{' '.join('abcdefghijkl')}</p>"},
        True,
    ),
    "a figure in a sentence": (
        {"summary": "He made 12 comments on it."},
        {"summary": "He made 13 comments on it."},
        True,
    ),
    "link": ({}, {"link": "https://gazette.example/other/1"}, False),
    "no text any more": ({"summary": BODY}, {"summary": ""}, False),
}


@pytest.mark.parametrize(("before", "after", "material"), EDITS.values(), ids=EDITS)
def test_an_edit_is_material_from_a_new_title_or_a_tenth_of_the_words(
    before: dict[str, str], after: dict[str, str], *, material: bool
) -> None:
    found = seen(entry(1, **before)).read(feed(entry(1, **after))).intents
    assert [(intent.version, intent.material) for intent in found] == [(2, material)]


def test_without_a_stored_sketch_the_stored_summary_is_compared() -> None:
    for summary, material in ((BODY.replace("four", "five"), False), ("Something else entirely happened.", True)):
        memory = seen(entry(1, summary=BODY), keeps_sketches=False)
        assert [intent.material for intent in memory.read(feed(entry(1, summary=summary))).intents] == [material]


def test_languages_without_blanks_are_compared_too() -> None:
    text = "印度中小商户协会周日在苏拉特召开会议要求政府对线上商店和传统市场一视同仁并计划本周向主管部门递交请愿书"
    found = seen(entry(1, summary=text)).read(feed(entry(1, summary=text.replace("苏拉特", "孟买")))).intents
    assert [intent.material for intent in found] == [False]


def test_the_entry_at_which_a_document_breaks_off_is_no_edit_of_itself() -> None:
    memory = seen(entry(1), entry(2, summary=BODY))
    broken = feed(entry(1), entry(2, summary=BODY[:50]), truncated=True)
    assert memory.read(broken).intents == ()
    assert new_titles(memory.read(feed(entry(1), entry(3, summary=BODY[:50]), truncated=True))) == ["Story 3"]


def test_ids_differ_between_feeds() -> None:
    one = seen(entry(1)).stored
    assert list(one) == list(seen(entry(1)).stored)
    assert list(one) != list(seen(entry(2)).stored)


def test_at_first_sight_only_young_entries_may_alert() -> None:
    listed = (entry(1, published=WHEN - HOUR), entry(2, published=WHEN - 2 * DAY), entry(3, published=None))
    decision = Memory().read(feed(*listed))
    assert [intent.muted for intent in decision.intents] == [False, True, True]


@pytest.mark.parametrize("published", [WHEN - 400 * DAY, None])
def test_after_the_first_sight_a_new_entry_alerts_whatever_its_date(published: object) -> None:
    decision = seen(entry(1)).read(feed(entry(1), entry(2, published=published)), after=DAY)
    assert [intent.muted for intent in decision.intents] == [False]


def test_a_back_fill_adds_entries_and_edits_none() -> None:
    memory = seen(entry(1))
    page = feed(
        entry(1, title="An older form"),
        entry(2, published=WHEN + HOUR),
        entry(3, published=WHEN - 9 * DAY),
        entry(4, published=None),
    )
    decision = memory.read(page, via=Via.BACK_FILL, after=9 * HOUR)
    found = [(intent.entry.title, intent.version, intent.muted) for intent in decision.intents]
    assert found == [("Story 2", 1, False), ("Story 3", 1, True), ("Story 4", 1, False)]
    assert (decision.window, decision.events) == ((), ())


def test_the_overlap_of_a_back_filled_page_says_how_far_it_reaches_back() -> None:
    memory = seen(*entries(1, 2, 3, 4))
    memory.read(feed(*entries(18, 19, 20)), after=DAY)
    for numbers, expected in (((14, 15, 16, 17), 0.0), ((13, 14, 18), 0.5), ((10, 11, 12, 3), 0.25), ((1, 2, 3), 1.0)):
        assert memory.read(feed(*entries(*numbers)), via=Via.BACK_FILL).overlap == expected
    ancient = (entry(number, published=WHEN - 30 * DAY) for number in (90, 91, 92))
    assert memory.read(feed(entry(5), *ancient), via=Via.BACK_FILL).overlap == 0.75


def test_a_page_that_is_the_feed_itself_reaches_back_far_enough() -> None:
    memory = seen(*entries(1, 2))
    assert memory.read(feed(*entries(1, 2)), via=Via.BACK_FILL).overlap == 1.0


def test_a_push_of_one_entry_is_no_gap_and_the_poll_after_it_finds_it_known() -> None:
    memory = seen(*entries(1, 2, 3))
    pushed = memory.read(feed(entry(4)), via=Via.PUSH, after=HOUR)
    assert (new_titles(pushed), pushed.window, pushed.events) == (["Story 4"], (), ())
    polled = memory.read(feed(*entries(4, 3, 2)), after=HOUR)
    assert (polled.intents, polled.events, polled.overlap) == ((), (), 1.0)


def test_a_link_keeps_its_key_on_another_host() -> None:
    links = ("http://a.example/x?b=1", "https://www.a.example/x?b=1&utm_source=q", "https://b.example/x?b=1")
    assert len({link_key(link) for link in links}) == 1
    assert link_key("https://a.example/x?b=2") != link_key(links[0])
    assert link_key(None) is None
    assert link_key("no link") is not None


@given(st.text(), st.text())
def test_fields_cannot_run_into_each_other(title: str, summary: str) -> None:
    joined = replace(ENTRY, title=title + "x", summary=summary)
    apart = replace(ENTRY, title=title, summary="x" + summary)
    if " ".join(joined.title.split()) != " ".join(apart.title.split()):
        assert entry_fingerprint(joined) != entry_fingerprint(apart)


@given(st.text(), st.text())
def test_any_text_has_a_fingerprint_that_stays(summary: str, content: str) -> None:
    def made() -> ParsedEntry:
        return replace(ENTRY, summary=summary, content=content)

    assert entry_fingerprint(made()) == entry_fingerprint(made())


def test_an_article_is_the_same_with_and_without_tracking() -> None:
    assert article_id("http://gazette.example/one?utm_campaign=x#top") == article_id("http://gazette.example/one")
    assert article_id("http://gazette.example/?p=1") != article_id("http://gazette.example/?p=2")


def test_an_article_is_news_again_with_another_title_or_a_tenth_of_other_words() -> None:
    words = [f"word{number}" for number in range(40)]
    text = " ".join(words)
    assert not is_material(("Traders meet", text), ("Traders  MEET", " ".join([*words[:39], "other"])))
    assert is_material(("Traders meet", text), ("Traders strike", text))
    assert is_material(("Traders meet", text), ("Traders meet", " ".join([*words[:30], *"abcdefghij"])))
