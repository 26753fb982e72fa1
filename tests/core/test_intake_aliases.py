"""Entries under another id: found again, and never merged with another story."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.records import ParsedEntry
from newsdesk.intake import GuidRule, list_entries
from newsdesk.model import Via
from tests.core.intake_ledger import BODY, DAY, HOUR, WHEN, Memory, entries, entry, feed, kinds, new_titles, seen

HOME = "https://gazette.example/"


def moved(number: int, **changes: object) -> ParsedEntry:
    return entry(number, guid=f"new-{number}", **changes)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"title": "STORY  1"},
        {"title": "Story 1, corrected"},
        {"summary": "Something else was written below the same title."},
        {"link": "http://www.gazette.example/story/1?utm_source=rss"},
        {"link": "https://other.example/story/1"},
    ],
)
def test_an_entry_with_another_id_is_found_by_its_link_and_its_title_or_text(changes: dict[str, str]) -> None:
    memory = seen(*entries(1, 2))
    decision = memory.read(feed(moved(1, **changes), entry(2)), after=HOUR)
    assert new_titles(decision) == []
    assert [alias.identity for alias in decision.aliases] == ["new-1"]
    assert memory.read(feed(moved(1, **changes), entry(2)), after=HOUR).aliases == ()


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "Another story", "summary": "Of which nothing was said before."},
        {"title": "Story 1, corrected", "link": "https://other.example/story/1"},
        {"link": "https://gazette.example/story/one"},
        {"link": None},
        {"title": ""},
    ],
)
def test_where_too_little_agrees_it_is_a_new_entry(changes: dict[str, str]) -> None:
    changes = {"summary": "Of which nothing was said before."} | changes
    decision = seen(*entries(1, 2)).read(feed(moved(1, **changes), entry(2)), after=HOUR)
    assert (len(new_titles(decision)), decision.aliases) == (1, ())


def test_a_text_of_two_words_proves_nothing() -> None:
    memory = seen(entry(1, summary="Read more"), entry(2))
    assert len(new_titles(memory.read(feed(moved(1, title="Another", summary="Read more"), entry(2))))) == 1


def test_while_the_old_id_is_in_the_document_another_id_is_another_entry() -> None:
    decision = seen(*entries(1, 2)).read(feed(moved(1), *entries(1, 2)))
    assert (new_titles(decision), decision.aliases) == (["Story 1"], ())


def test_an_aliased_entry_with_another_text_is_an_edit_of_the_same_row() -> None:
    memory = seen(*entries(1, 2))
    decision = memory.read(feed(moved(1, summary=BODY), entry(2)), after=HOUR)
    assert [(intent.version, intent.id in memory.stored, intent.material) for intent in decision.intents] == [
        (2, True, True)
    ]


@pytest.mark.parametrize("link", [HOME, "https://gazette.example/live", "https://gazette.example/?utm_source=x"])
def test_stories_that_share_a_link_are_not_merged(link: str) -> None:
    """A live page and a home page as the link of every entry; the ids of all are new each time."""
    memory = seen(*(entry(number, link=link) for number in (1, 2, 3)))
    decision = memory.read(feed(*(moved(number, link=link) for number in (4, 5))), after=HOUR)
    assert (new_titles(decision), decision.aliases) == (["Story 4", "Story 5"], ())


def test_on_a_shared_link_title_and_text_must_agree() -> None:
    memory = seen(entry(1, link=HOME, title="Weather"), entry(2, link=HOME))
    today = moved(9, link=HOME, title="Weather")
    assert new_titles(memory.read(feed(today, entry(2, link=HOME)), after=DAY)) == ["Weather"]
    again = entry(2, link=HOME, guid="new-2")
    assert [alias.identity for alias in memory.read(feed(today, again), after=DAY).aliases] == ["new-2"]


def test_numbered_pages_of_one_path_are_different_links() -> None:
    memory = seen(entry(1, link="https://gazette.example/?p=1", title="Notice"))
    other = moved(2, link="https://gazette.example/?p=2", title="Notice")
    assert new_titles(memory.read(feed(other, entry(1, link="https://gazette.example/?p=1", title="Notice")))) == [
        "Notice"
    ]


MIGRATIONS = {
    "other ids": {"guid": "x-{}"},
    "https": {"guid": "https://gazette.example/story/{}"},
    "https, no ids": {"guid": None, "link": "https://gazette.example/story/{}"},
    "another host": {"guid": "https://daily.example/story/{}", "link": "https://daily.example/story/{}"},
}


@pytest.mark.parametrize("shape", MIGRATIONS.values(), ids=MIGRATIONS)
def test_when_all_ids_change_nothing_is_new_and_one_event_says_so(shape: dict[str, str | None]) -> None:
    def old(number: int) -> ParsedEntry:
        link = f"http://gazette.example/story/{number}"
        return entry(number, guid=link if "id" not in shape else None, link=link)

    def migrated(number: int) -> ParsedEntry:
        changes: dict[str, Any] = {name: value and value.format(number) for name, value in shape.items()}
        return replace(old(number), **changes)

    memory = seen(*map(old, range(8)))
    document = feed(*map(migrated, range(8)))
    decision = memory.read(document, after=HOUR)
    assert (decision.intents, len(decision.aliases), kinds(decision)) == ((), 8, ["guid-migration"])
    assert decision.overlap == 1.0
    again = memory.read(document, after=HOUR)
    assert (again.intents, again.aliases, again.events) == ((), (), ())


def test_in_a_migration_only_what_is_younger_than_the_last_window_alerts() -> None:
    memory = seen(*entries(1, 2, 3))
    fresh = entry(8, published=WHEN + 2 * HOUR)
    old = entry(9, published=WHEN - 9 * DAY)
    undated = entry(10, published=None)
    decision = memory.read(feed(fresh, old, undated, *map(moved, (1, 2, 3))), after=3 * HOUR)
    found = {intent.entry.title: intent.muted for intent in decision.intents}
    assert found == {"Story 8": False, "Story 9": True, "Story 10": True}
    assert kinds(decision) == ["guid-migration"]


def test_ids_that_change_back_are_known() -> None:
    memory = seen(*entries(1, 2, 3))
    memory.read(feed(*map(moved, (1, 2, 3))), after=HOUR)
    back = memory.read(feed(*entries(1, 2, 3)), after=HOUR)
    assert (back.intents, back.aliases, back.events) == ((), (), ())


def test_an_entry_under_both_of_its_ids_is_one() -> None:
    memory = seen(*entries(1, 2, 3))
    memory.read(feed(moved(1), *entries(2, 3)), after=HOUR)
    both = feed(entry(1, title="Story 1, corrected", updated=WHEN + HOUR), moved(1), *entries(2, 3))
    assert [intent.entry.title for intent in memory.read(both, after=HOUR).intents] == ["Story 1, corrected"]
    assert memory.read(both, after=HOUR).intents == ()


def test_a_feed_that_begins_to_repeat_guids_makes_nothing_new_again() -> None:
    memory = seen(*entries(1, 2, 3))
    repeating = feed(entry(7, guid="guid-3"), *entries(1, 2, 3))
    decision = memory.read(repeating, after=HOUR)
    assert (new_titles(decision), kinds(decision)) == (["Story 7"], ["repeated-guids"])
    assert (memory.rule, len(decision.aliases)) == (GuidRule.GUID_LINK, 3)
    later = memory.read(feed(*entries(1, 2, 3)), after=HOUR)
    assert (later.intents, later.guid_rule) == ((), GuidRule.GUID_LINK)


def test_a_sitemap_as_back_fill_recognises_what_the_feed_had() -> None:
    memory = seen(*entries(1, 2, 3))
    listed = [replace(entry(number, guid=None, summary="")) for number in (1, 2, 3, 4)]
    decision = memory.read(feed(*listed), via=Via.BACK_FILL, after=HOUR)
    assert (new_titles(decision), len(decision.intents), decision.events) == (["Story 4"], 1, ())


NUMBERS = st.integers(1, 12)


@settings(max_examples=30, deadline=None)
@given(changed=st.sets(NUMBERS), chance=st.randoms(use_true_random=False))
def test_whichever_ids_change_nothing_is_new(changed: set[int], chance: Random) -> None:
    numbers = list(range(1, 13))
    memory = seen(*entries(*numbers))
    listed = [moved(number) if number in changed else entry(number) for number in numbers]
    chance.shuffle(listed)
    decision = memory.read(feed(*listed), after=HOUR)
    assert decision.intents == ()
    assert {alias.identity for alias in decision.aliases} == {f"new-{number}" for number in changed}
    assert kinds(decision) == (["guid-migration"] if len(changed) == len(numbers) else [])
    again = memory.read(feed(*listed), after=HOUR)
    assert (again.intents, again.aliases, again.events) == ((), (), ())


WORDS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu")
STORIES = st.builds(
    lambda guid, path, title, text: entry(
        1, guid=guid, link=None if path is None else HOME + path, title=title, summary=" ".join(text)
    ),
    st.sampled_from(["a", "b", "c", "d", None]),
    st.sampled_from(["", "x", "y", "?p=1", None]),
    st.sampled_from(["One", "Two", "Three", ""]),
    st.lists(st.sampled_from(WORDS), max_size=12),
)
DOCUMENTS = st.lists(st.lists(STORIES, max_size=6), min_size=1, max_size=5)


@settings(max_examples=50, deadline=None)
@given(DOCUMENTS)
def test_no_alias_joins_different_titles_and_texts(documents: list[list[ParsedEntry]]) -> None:
    memory = Memory()
    for document in documents:
        before = dict(memory.stored)
        named = {item.identity: item.entry for item in list_entries(feed(*document), memory.rule).items}
        for alias in memory.read(feed(*document), after=HOUR).aliases:
            stored, now = before[alias.entry_id], named[alias.identity]
            ours, theirs = set(now.summary.split()), set(stored.summary.split())
            in_common = 2 * len(ours & theirs) / max(len(ours) + len(theirs), 1)
            assert stored.title == now.title or (in_common >= 0.9 and len(ours) >= 8)


@settings(max_examples=50, deadline=None)
@given(DOCUMENTS, st.randoms(use_true_random=False))
def test_deciding_again_gives_nothing_in_any_order(documents: list[list[ParsedEntry]], chance: Random) -> None:
    memory = Memory()
    for document in documents:
        memory.read(feed(*document), after=HOUR)
        shuffled = list(document)
        chance.shuffle(shuffled)
        again = memory.read(feed(*shuffled), after=HOUR)
        assert (again.intents, again.aliases, again.events) == ((), (), ())
