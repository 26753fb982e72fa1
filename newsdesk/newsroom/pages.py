"""Renders the pages of a source: articles, lists, walls and errors. Pure."""

import json
from dataclasses import dataclass
from random import Random

from newsdesk.newsroom.chatter import comments
from newsdesk.newsroom.feeds import summary_of
from newsdesk.newsroom.issue import Issue
from newsdesk.newsroom.paper import environment
from newsdesk.newsroom.records import Answer, PageKind, Piece, Printed, Source, StructuredData
from newsdesk.newsroom.wording import iso_date, page_date, section_slug

_OWN_LINKS, _FAR_LINKS = 5, 3
_TEMPLATES = {
    PageKind.CONSENT: "consent.html",
    PageKind.BOT_WALL: "bot-wall.html",
    PageKind.SOFT_404: "soft-404.html",
    PageKind.NOT_FOUND: "not-found.html",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """Renders for one newsroom state, one port and one seed."""

    issue: Issue
    port: str  # ":8700", or "" for port 80
    seed: int

    def home(self, slug: str) -> str:
        """A source's address, without a slash at the end."""
        return f"http://{slug}.localhost{self.port}"

    def piece(self, source: Source, one: Printed) -> Answer:
        """The page behind an entry's link, whatever its kind."""
        kind = one.piece.kind
        if kind is PageKind.INDEX:
            return self.listing(source, heading=one.piece.title)
        if kind in _TEMPLATES:
            status = 404 if kind is PageKind.NOT_FOUND else 200
            return Answer(status=status, content=self._page(_TEMPLATES[kind], source, title=one.piece.title))
        content = self._page(
            f"{source.layout}-article.html",
            source,
            title=one.piece.title,
            piece=one.piece,
            blocks=one.piece.blocks[:1] if kind is PageKind.PAYWALL else one.piece.blocks,
            walled=kind is PageKind.PAYWALL,
            published=(iso_date(one.published), page_date(one.published, source.language)),
            modified=(iso_date(one.modified), page_date(one.modified, source.language)) if one.modified else None,
            url=self.home(source.slug) + one.piece.path,
            summary=summary_of(one.piece.blocks),
            json_ld=self._json_ld(source, one),
            comments=comments(self._dice(source.slug, one.piece.slug, "comments"), source.language),
            related=self._related(source, one.piece),
        )
        return Answer(content=content, changed=one.changed)

    def listing(self, source: Source, *, heading: str = "", section: str | None = None) -> Answer:
        """The home page, or with a heading or a section (its slug) a list of that name."""
        printed = self.issue.printed(source.slug)
        shown = [one for one in printed if section in {None, section_slug(one.piece.section)}]
        if not heading and section and shown:
            heading = shown[0].piece.section
        lines = [
            (one.piece.path, one.piece.title, summary_of(one.piece.blocks), page_date(one.published, source.language))
            for one in shown
            if one.piece.kind is not PageKind.INDEX
        ]
        content = self._page(
            "list.html",
            source,
            title=heading or source.name,
            heading=heading,
            lines=lines,
            popular=self._related(source, None),
            list_ld=self._list_ld(source, heading or source.name),
        )
        return Answer(content=content, changed=self.issue.feed_changed(shown))

    def missing(self, source: Source) -> Answer:
        """404."""
        return Answer(status=404, content=self._page("not-found.html", source, title="Page not found"))

    def login(self, source: Source) -> Answer:
        """What a members' feed answers to strangers."""
        return Answer(content=self._page("login.html", source, title="Members only"))

    def lobby(self) -> Answer:
        """The list of all sources, for people."""
        rows = [
            (source, self.home(source.slug), len(self.issue.listed(source.slug)))
            for source in self.issue.library.sources
        ]
        text = environment().get_template("lobby.html").render(rows=rows, edition=self.issue.edition)
        return Answer(content=text.encode())

    def sections(self, source: Source) -> dict[str, str]:
        """The source's sections: the part of the path and the name."""
        return {section_slug(piece.section): piece.section for piece in self.issue.listed(source.slug)}

    def style(self, source: Source) -> Answer:
        """The source's style sheet."""
        text = "\n".join(environment().get_template(f"{name}.css").render() for name in ("common", source.layout))
        return Answer(media_type="text/css; charset=utf-8", content=text.encode(), changed=self.issue.opened)

    def _page(self, template: str, source: Source, **values: object) -> bytes:
        text = (
            environment()
            .get_template(template)
            .render(
                source=source,
                layout=f"{source.layout}.html",
                home=self.home(source.slug),
                sections=[(name, path) for path, name in self.sections(source).items()],
                **values,
            )
        )
        return text.encode()

    def _dice(self, *names: str) -> Random:
        return Random("/".join((str(self.seed), *names)))  # noqa: S311 - variety, not a secret

    def _related(self, source: Source, piece: Piece | None) -> list[tuple[str, str]]:
        """Other headlines with their addresses; some always carry words of the watched topics."""
        dice = self._dice(source.slug, piece.slug if piece else "")
        own = [other for other in self.issue.listed(source.slug) if piece is None or other.slug != piece.slug]
        far = [
            other
            for slug in (one.slug for one in self.issue.library.sources)
            for other in self.issue.listed(slug)
            if slug != source.slug and other.topics and other.language == source.language
        ]
        chosen = dice.sample(own, min(_OWN_LINKS, len(own))) + dice.sample(far, min(_FAR_LINKS, len(far)))
        return [(self.home(other.source) + other.path, other.title) for other in chosen]

    def _json_ld(self, source: Source, one: Printed) -> str | None:
        if source.structured_data is StructuredData.NONE:
            return None
        piece, home = one.piece, self.home(source.slug)
        found = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": piece.title,
            "description": summary_of(piece.blocks),
            "datePublished": iso_date(one.published),
            "dateModified": iso_date(one.modified or one.published),
            "author": [{"@type": "Person", "name": name} for name in piece.authors],
            "publisher": {"@type": "NewsMediaOrganization", "name": source.name, "url": f"{home}/"},
            "mainEntityOfPage": home + piece.path,
            "image": [f"{home}/images/{piece.slug}.svg"],
            "articleSection": piece.section,
            "inLanguage": piece.language,
            "isAccessibleForFree": piece.kind is not PageKind.PAYWALL,
        }
        if source.structured_data is StructuredData.FULL and piece.kind is not PageKind.PAYWALL:
            found["articleBody"] = piece.text
        return _script(found)

    def _list_ld(self, source: Source, name: str) -> str | None:
        if source.structured_data is StructuredData.NONE:
            return None
        page = {
            "@context": "https://schema.org",
            "@type": "CollectionPage",
            "name": name,
            "inLanguage": source.language,
        }
        return _script(page)


def _script(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("</", "<\\/")
