"""What the ledger keeps of one feed, in memory: enough to decide on one document after another."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from extractors.records import ParsedEntry, ParsedFeed
from newsdesk.intake import Decision, GuidRule, Known, Past, decide, link_key, list_entries
from newsdesk.model import Via

FEED = "feed-1"
WHEN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
BODY = (
    "The traders of Surat met on Sunday and asked for rules that treat online shops and markets alike; a petition with "
    "the names of four thousand members goes to the ministry this week, said the secretary of their federation."
)
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


def entry(number: int, **changes: Any) -> ParsedEntry:
    """The story of that number; no two of them have title, text, link or guid in common."""
    text = " ".join(f"word{number}x{place}" for place in range(12))
    fields: dict[str, Any] = {
        "guid": f"guid-{number}",
        "link": f"https://gazette.example/story/{number}",
        "title": f"Story {number}",
        "summary": text,
    }
    return replace(ENTRY, **(fields | changes))


def entries(*numbers: int) -> tuple[ParsedEntry, ...]:
    return tuple(entry(number) for number in numbers)


def feed(*listed: ParsedEntry, **changes: Any) -> ParsedFeed:
    fields: dict[str, Any] = {"format": "rss20", "title": "Gazette", "link": None, "language": None, "entries": listed}
    return ParsedFeed(**(fields | changes))


@dataclass
class Memory:
    """A feed's part of the ledger. `read` decides on a document and stores the decision."""

    now: datetime = WHEN
    rule: GuidRule = GuidRule.GUID
    stored: dict[str, Known] = field(default_factory=dict)  # by id
    names: dict[str, str] = field(default_factory=dict)  # identity or alias -> id
    window: frozenset[str] | None = None
    newest_at: datetime | None = None
    arrivals: tuple[datetime, ...] = ()
    keeps_sketches: bool = True

    def read(
        self,
        document: ParsedFeed,
        *,
        via: Via = Via.POLL,
        after: timedelta = timedelta(0),
        since: datetime | None = None,
    ) -> Decision:
        self.now += after
        listing = list_entries(document, self.rule)
        known = {name: self.stored[self.names[name]] for name in listing.identities if name in self.names}
        wanted = set(listing.unknown_links(known))
        by_link: dict[str, tuple[Known, ...]] = {}
        for one in self.stored.values():
            if (key := link_key(one.link)) in wanted and key:
                by_link[key] = (*by_link.get(key, ()), one)
        past = Past(
            known=known,
            by_link=by_link,
            window=self.window,
            newest_at=since or self.newest_at,
            arrivals=self.arrivals,
            first_sight=self.window is None,
        )
        decision = decide(FEED, listing, past, now=self.now, first_sight_age=DAY, via=via)
        self._store(decision)
        return decision

    def _store(self, decision: Decision) -> None:
        for intent in decision.intents:
            self.names.setdefault(intent.identity, intent.id)
            self.stored[intent.id] = Known(
                id=intent.id,
                fingerprint=intent.fingerprint,
                version=intent.version,
                link=intent.entry.link,
                title=intent.entry.title,
                summary=intent.entry.summary,
                sketch=intent.sketch if self.keeps_sketches else "",
            )
        self.names |= {alias.identity: alias.entry_id for alias in decision.aliases}
        if decision.window:
            self.window, self.newest_at = frozenset(decision.window), self.now
        self.rule, self.arrivals = decision.guid_rule, decision.arrivals


def seen(*listed: ParsedEntry, **fields: Any) -> Memory:
    """A feed of which a document with these entries was read."""
    memory = Memory(**fields)
    memory.read(feed(*listed))
    return memory


def new_titles(decision: Decision) -> list[str]:
    return [intent.entry.title for intent in decision.intents if intent.version == 1]


def kinds(decision: Decision) -> list[str]:
    return [event.kind.value for event in decision.events]
