"""What a feed's documents mean for its entries: behaviours 23 to 26, as far as they are pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.records import ParsedEntry, ParsedFeed
from extractors.urls import canonical_key
from newsdesk.intake import Way, next_page
from newsdesk.model import Via
from tests.core.intake_ledger import BODY, DAY, HOUR, WHEN, Memory, entries, entry, feed, kinds, new_titles, seen


@settings(max_examples=40, deadline=None)
@given(count=st.integers(1, 30), polls=st.integers(1, 4), chance=st.randoms(use_true_random=False))
def test_behaviour_23_a_replay_gives_nothing_and_one_new_item_one_event(count: int, polls: int, chance: Random) -> None:
    """The same document again, in any order, gives no event; one new item gives exactly one."""
    listed = list(entries(*range(count)))
    memory = seen(*listed)
    for _ in range(polls):
        chance.shuffle(listed)
        decision = memory.read(feed(*listed), after=HOUR)
        assert (decision.intents, decision.aliases, decision.events) == ((), (), ())
    listed.insert(chance.randint(0, count), entry(99))
    assert new_titles(memory.read(feed(*listed), after=HOUR)) == ["Story 99"]
    assert memory.read(feed(*listed), after=HOUR).intents == ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A first document, a second, and what the second one means."""

    first: tuple[ParsedEntry, ...]
    second: tuple[ParsedEntry, ...]
    new: tuple[str, ...] = ()  # titles that may alert
    edits: tuple[bool, ...] = ()  # whether each is material
    aliases: int = 0
    events: tuple[str, ...] = ()


THREE = entries(1, 2, 3)
HTTP = tuple(replace(one, guid=one.link, link=(one.link or "").replace("https", "http")) for one in THREE)
HOME = "https://gazette.example/"
TABLE: Mapping[str, Change] = {
    "one guid changes": Change(first=THREE, second=(entry(1, guid="other"), *THREE[1:]), aliases=1),
    "a guid changes and the text too": Change(
        first=THREE, second=(entry(1, guid="other", summary=BODY), *THREE[1:]), aliases=1, edits=(True,)
    ),
    "all guids change": Change(
        first=THREE,
        second=tuple(replace(one, guid=f"x{one.guid}") for one in THREE),
        aliases=3,
        events=("guid-migration",),
    ),
    "all guids change and one story is new": Change(
        first=THREE,
        second=(entry(9, published=WHEN + HOUR), *(replace(one, guid=f"x{one.guid}") for one in THREE)),
        new=("Story 9",),
        aliases=3,
        events=("guid-migration",),
    ),
    "http becomes https": Change(
        first=tuple(replace(one, guid=one.link) for one in HTTP),
        second=tuple(replace(one, guid=one.link) for one in THREE),
        aliases=3,
        events=("guid-migration",),
    ),
    "http becomes https below the same guids": Change(
        first=HTTP, second=tuple(replace(one, guid=one.link) for one in THREE)
    ),
    "the site moves to another host": Change(
        first=THREE,
        second=tuple(
            replace(one, guid=f"new {one.guid}", link=(one.link or "").replace("gazette", "daily")) for one in THREE
        ),
        aliases=3,
        events=("guid-migration",),
    ),
    "a guid is repeated": Change(
        first=THREE, second=(entry(9, guid="guid-1"), *THREE), new=("Story 9",), aliases=3, events=("repeated-guids",)
    ),
    "all guids are the home page": Change(
        first=(entry(1, guid=HOME, link=HOME),),
        second=(entry(2, guid=HOME, link=HOME), entry(1, guid=HOME, link=HOME)),
        new=("Story 2",),
        aliases=1,
        events=("repeated-guids",),
    ),
    "guids are missing": Change(
        first=tuple(replace(one, guid=None) for one in THREE),
        second=tuple(replace(one, guid=None, link=f"{one.link}?utm_source=rss") for one in (entry(4), *THREE)),
        new=("Story 4",),
    ),
    "guids and links are missing": Change(
        first=tuple(replace(one, guid=None, link=None) for one in THREE),
        second=tuple(replace(one, guid=None, link=None) for one in (entry(4), *THREE)),
        new=("Story 4",),
    ),
    "the title changes": Change(first=THREE, second=(entry(1, title="Story 1 is over"), *THREE[1:]), edits=(True,)),
    "much of the text changes": Change(first=THREE, second=(entry(1, summary=BODY), *THREE[1:]), edits=(True,)),
    "a word of the text changes": Change(
        first=(entry(1, summary=BODY),), second=(entry(1, summary=BODY.replace("four", "five")),), edits=(False,)
    ),
    "it is published again with a new date": Change(
        first=THREE, second=tuple(replace(one, published=WHEN + HOUR, updated=WHEN + HOUR) for one in THREE)
    ),
    "comments are counted, pictures rotate, blanks change": Change(
        first=(entry(1, content=f'<p>{BODY}</p><img src="https://ads.example/1"><p>No comments</p>'),),
        second=(entry(1, content=f'<p>{BODY} </p>\n<img src="https://ads.example/2"><p>12 comments</p>'),),
    ),
    "an id is new while the old one is still there": Change(
        first=THREE, second=(entry(1, guid="other"), *THREE), new=("Story 1",)
    ),
    "another story takes over a link": Change(
        first=THREE, second=(entry(1, guid="other", title="New", summary=BODY), *THREE[1:]), new=("New",)
    ),
    "the weather of each day is on the home page": Change(
        first=(entry(1, link=HOME, title="Weather"), entry(2)),
        second=(entry(5, link=HOME, title="Weather"), entry(2)),
        new=("Weather",),
    ),
    "a live page is the link of all": Change(
        first=(entry(1, link="https://gazette.example/live"), entry(2, link="https://gazette.example/live")),
        second=(entry(3, link="https://gazette.example/live"), entry(4, link="https://gazette.example/live")),
        new=("Story 3", "Story 4"),
        events=("gap",),
    ),
}


@pytest.mark.parametrize("change", TABLE.values(), ids=TABLE)
def test_behaviour_24_changed_ids_edits_and_dates_mean_what_they_are(change: Change) -> None:
    """Changed, repeated and missing ids, edited texts, new dates and https make nothing new that was known before."""
    memory = seen(*change.first)
    document = feed(*change.second)
    decision = memory.read(document, after=2 * HOUR)
    assert tuple(i.entry.title for i in decision.intents if i.version == 1 and not i.muted) == change.new
    assert tuple(intent.material for intent in decision.intents if intent.version > 1) == change.edits
    assert (len(decision.aliases), tuple(kinds(decision))) == (change.aliases, change.events)
    again = memory.read(document, after=HOUR)
    assert (again.intents, again.aliases, again.events) == ((), (), ())


def test_behaviour_24_at_first_sight_only_young_entries_alert() -> None:
    """A feed that is new to us is indexed as it is, but only its young entries may alert."""
    listed = (entry(1, published=WHEN - HOUR), entry(2, published=WHEN - 3 * DAY), entry(3, published=None))
    assert [intent.muted for intent in Memory().read(feed(*listed)).intents] == [False, True, True]


class Press:
    """A feed of ten entries, one an hour, whose older ones stand on WordPress's numbered pages."""

    def page(self, url: str, newest: int) -> ParsedFeed:
        number = int(url.rpartition("paged=")[2]) if "paged=" in url else 1
        first = newest - 10 * (number - 1)
        return feed(*(entry(hour, published=WHEN + hour * HOUR) for hour in range(first, first - 10, -1)))


def test_behaviour_25_a_gap_is_told_with_its_bounds_and_filled_from_older_pages() -> None:
    """A window without overlap raises one gap event with bounds, and older pages add the missing entries."""
    press, url = Press(), "https://gazette.example/feed/"
    memory = Memory()
    memory.read(press.page(url, 0))
    assert memory.read(press.page(url, 5), after=5 * HOUR).events == ()
    document = press.page(url, 40)
    decision = memory.read(document, after=35 * HOUR)
    assert [(event.kind.value, event.since, event.until) for event in decision.events] == [
        ("gap", WHEN + 5 * HOUR, WHEN + 40 * HOUR)
    ]
    assert decision.events[0].missed == 25.0
    visited, found, overlap = [url], len(decision.intents), None
    while (step := next_page(visited, document, overlap=overlap)).url:
        visited.append(step.url)
        document = press.page(step.url, 40)
        older = memory.read(document, via=Via.BACK_FILL, since=decision.events[0].since)
        assert not any(intent.muted for intent in older.intents)
        found, overlap = found + len(older.intents), older.overlap
    assert (found, step.way, len(visited)) == (35, Way.REACHED, 4)
    assert memory.read(press.page(url, 41), after=HOUR).events == ()


APART = (
    "https://n.example/?p=1",
    "https://n.example/?p=2",
    "https://n.example/#!/1",
    "https://n.example/#!/2",
    "https://n.example/a%2Fb",
    "https://n.example/a/b",
    "https://n.example/a/b?page=2",
    "https://n.example/a/B",
)
NAMES = st.sampled_from(["id", "p", "page", "q", "ref", "a%20b", "é"])
TRACKING = st.sampled_from((
    "utm_source", "UTM_Medium", "utm_x", "mtm_y", "itm_z", "hsa_q", "vero_id", "fbclid", "gclid", "dclid", "gbraid",
    "wbraid", "msclkid", "yclid", "twclid", "igshid", "mc_cid", "mc_eid", "mkt_tok", "srsltid", "_hsenc", "_hsmi",
    "_bhlid",
))  # fmt: skip
PATHS = st.text("abcAB/%2F.~ü;!-_", max_size=12)


@settings(max_examples=60, deadline=None)
@given(
    path=PATHS,
    pairs=st.lists(st.tuples(NAMES, st.text("12/%é+", max_size=4)), max_size=4),
    tracking=st.lists(TRACKING, max_size=3),
    chance=st.randoms(use_true_random=False),
)
def test_behaviour_26_the_canonical_key_is_one_for_one_document(
    path: str, pairs: list[tuple[str, str]], tracking: list[str], chance: Random
) -> None:
    """A key is its own key, whatever order and tracking of its parameters; other articles have others."""
    plain = [f"{name}={value.replace('%', '%25')}" for name, value in pairs]
    key = canonical_key(f"https://n.example/{path}?{'&'.join(plain)}")
    assert canonical_key(key) == key
    mixed = [*plain, *(f"{name}=1" for name in tracking)]
    chance.shuffle(mixed)
    assert canonical_key(f"HTTPS://N.example:443/{path}?{'&'.join(mixed)}#top") == key
    assert all(canonical_key(one) != canonical_key(other) for one, other in combinations(APART, 2))
