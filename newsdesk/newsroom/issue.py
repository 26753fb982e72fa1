"""Which pieces a source prints in an edition, and with which instants. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from newsdesk.newsroom.records import FeedFault, Library, PageKind, Piece, Printed, Source

_ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """The state of a newsroom: its content, when it opened and, in the second edition, when it was advanced."""

    library: Library
    opened: datetime  # aware UTC, whole seconds
    advanced: datetime | None = None

    @property
    def edition(self) -> int:
        """1 until the newsroom is advanced, then 2."""
        return 1 if self.advanced is None else 2

    def source(self, slug: str) -> Source | None:
        """The source of that slug, or None."""
        return next((source for source in self.library.sources if source.slug == slug), None)

    def printed(self, slug: str) -> tuple[Printed, ...]:
        """The source's pieces, newest first; pieces of one instant in the order of their slugs."""
        pieces = [piece for piece in self.library.pieces if piece.source == slug and piece.edition <= self.edition]
        updates = {piece.updates: piece for piece in pieces if piece.updates}
        found = (self._print(piece, updates.get(piece.slug)) for piece in pieces if piece.updates is None)
        return tuple(sorted(found, key=lambda one: (-one.published.timestamp(), one.piece.slug)))

    def find(self, slug: str, path: str) -> Printed | None:
        """The source's piece at that path, or None."""
        return next((one for one in self.printed(slug) if one.piece.path == path), None)

    def listed(self, slug: str) -> tuple[Piece, ...]:
        """The first edition's articles: what side columns link to, so that they do not change with time."""
        first = (piece for piece in self.library.pieces if piece.source == slug and piece.edition == 1)
        return tuple(piece for piece in first if piece.kind is PageKind.ARTICLE)

    def feed_fails(self, source: Source) -> bool:
        """Whether the feed answers 500 in this edition."""
        return source.fault is FeedFault.FAILS_FIRST and self.edition == 1

    def feed_changed(self, printed: Iterable[Printed]) -> datetime:
        """When a document that lists these pieces last changed."""
        return max((one.changed for one in printed), default=self.opened)

    def _print(self, piece: Piece, update: Piece | None) -> Printed:
        start = self.opened if piece.edition == 1 or self.advanced is None else self.advanced
        published = self._published(piece, start)
        if update is None or self.advanced is None:
            return Printed(piece=piece, published=published, modified=None, changed=start)
        renewed = replace(update, slug=piece.slug, path=piece.path, authors=update.authors or piece.authors)
        return Printed(piece=renewed, published=published, modified=self.advanced, changed=self.advanced)

    def _published(self, piece: Piece, start: datetime) -> datetime:
        if piece.published is not None:
            return piece.published.astimezone(UTC)
        return start - (piece.age or timedelta())


def advance(issue: Issue, now: datetime) -> Issue:
    """The second edition; the second edition itself stays as it is.

    HTTP dates count whole seconds: the edition begins at least one after the first, so that If-Modified-Since is right.
    """
    if issue.advanced is not None:
        return issue
    later = max(now.replace(microsecond=0), issue.opened + _ONE_SECOND)
    return replace(issue, advanced=later)
