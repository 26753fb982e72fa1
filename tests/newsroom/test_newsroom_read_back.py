"""What our own extractor reads from the newsroom's pages is what the content files say."""

from datetime import timedelta

from extractors import Kind, extract_article
from newsdesk.newsroom import Newsroom, PageKind
from tests.newsroom.client import ask

_KINDS = {
    PageKind.ARTICLE: Kind.ARTICLE,
    PageKind.DISALLOWED: Kind.ARTICLE,
    PageKind.CONSENT: Kind.CONSENT,
    PageKind.PAYWALL: Kind.PAYWALL,
    PageKind.BOT_WALL: Kind.BOT_WALL,
    PageKind.SOFT_404: Kind.SOFT_404,
    PageKind.INDEX: Kind.INDEX,
}


def test_pages_of_every_source_and_kind_are_read_back_as_they_were_written(newsroom: Newsroom) -> None:
    newsroom.advance()
    chosen = {(entry.source, entry.kind): entry for entry in newsroom.entries if entry.kind is not PageKind.NOT_FOUND}
    wrong = {}
    for entry in chosen.values():
        read = extract_article(ask(newsroom, entry.url).content, entry.url)
        faults = {"kind": read.kind is not _KINDS[entry.kind]}
        if _KINDS[entry.kind] is Kind.ARTICLE:
            late = read.published is None or abs(read.published - entry.published) >= timedelta(minutes=1)
            faults |= {"title": read.title != entry.title, "text": read.text != entry.text, "published": late}
        if any(faults.values()):
            wrong[entry.slug] = [name for name, found in faults.items() if found]
    assert wrong == {}
