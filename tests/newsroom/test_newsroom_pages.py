"""The pages behind the links: true to their layout, their kind and their source's customs."""

import json
import re

import pytest
from lxml import html

from newsdesk.newsroom import Newsroom, PageKind, SampleEntry
from newsdesk.newsroom.library import load_library
from newsdesk.newsroom.records import StructuredData
from tests.newsroom.client import ask, url_of

_SOURCES = {source.slug: source for source in load_library().sources}
_WALLS = {
    PageKind.CONSENT: "partners store and access information",
    PageKind.PAYWALL: "Subscribe to read on",
    PageKind.BOT_WALL: "verify you are a human",
    PageKind.SOFT_404: "page not found",
    PageKind.INDEX: "All stories on exports",
    PageKind.DISALLOWED: "ration cards",
}


def _entries(newsroom: Newsroom, kind: PageKind) -> list[SampleEntry]:
    return [entry for entry in newsroom.entries if entry.kind is kind]


def _words(element: html.HtmlElement) -> str:
    return " ".join("".join(element.itertext()).split())


@pytest.mark.parametrize(("kind", "words"), _WALLS.items())
def test_every_wall_answers_200_and_says_what_it_is(newsroom: Newsroom, kind: PageKind, words: str) -> None:
    entries = _entries(newsroom, kind)
    assert len(entries) == 1
    reply = ask(newsroom, entries[0].url)
    assert reply.status == 200
    assert words in reply.text


def test_one_entry_leads_to_a_true_404(newsroom: Newsroom) -> None:
    assert [ask(newsroom, entry.url).status for entry in _entries(newsroom, PageKind.NOT_FOUND)] == [404]


def test_walls_do_not_let_the_text_through(newsroom: Newsroom) -> None:
    hidden = (PageKind.CONSENT, PageKind.BOT_WALL, PageKind.SOFT_404, PageKind.PAYWALL)
    for entry in (entry for kind in hidden for entry in _entries(newsroom, kind)):
        assert entry.text.split("\n\n")[-1] not in ask(newsroom, entry.url).text


def test_every_article_page_carries_its_whole_text_and_title(newsroom: Newsroom) -> None:
    newsroom.advance()
    for entry in _entries(newsroom, PageKind.ARTICLE):
        tree = html.fromstring(ask(newsroom, entry.url).text.encode(), parser=html.HTMLParser(encoding="utf-8"))
        assert [_words(heading) for heading in tree.iter("h1")] == [entry.title], entry.url
        said = {_words(part) for part in tree.iter("p", "h2")}
        assert [part for part in entry.text.split("\n\n") if part not in said] == [], entry.url


def test_article_pages_have_the_furniture_of_real_ones(newsroom: Newsroom) -> None:
    for slug, source in _SOURCES.items():
        entries = [entry for entry in _entries(newsroom, PageKind.ARTICLE) if entry.source == slug]
        if not entries:
            continue
        page = ask(newsroom, entries[0].url).text
        assert f'<link rel="canonical" href="{entries[0].url}">' in page
        for part in ("og:title", 'class="related"', 'class="comments"', "cookie-banner", 'class="share"'):
            assert part in page, (slug, part)
        assert ("application/ld+json" in page) == (source.structured_data is not StructuredData.NONE)


def test_structured_data_tells_headline_date_and_authors(newsroom: Newsroom) -> None:
    page = ask(newsroom, url_of(newsroom, "gujarat-amazon-memorandum")).text
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    data = json.loads(found[1])
    assert data["datePublished"] == "2021-09-07T18:40:00+05:30"
    assert data["author"] == [{"@type": "Person", "name": "Hetal Vaishnav"}]
    assert data["articleBody"].startswith("Gandhinagar: ")


def test_side_columns_hold_headlines_of_the_watched_topics(newsroom: Newsroom) -> None:
    tagged = {entry.url for entry in newsroom.entries if entry.topics}
    for slug in ("rajkot-pump-exports", "snake-boat-finish", "mandi-tamatar-bhav", "assam-relief-boats"):
        tree = html.fromstring(ask(newsroom, url_of(newsroom, slug)).text)
        linked = {link.get("href") for aside in tree.iter("aside") for link in aside.iter("a")}
        assert len(linked & tagged) >= 2, slug
        assert url_of(newsroom, slug) not in linked


def test_an_article_page_stays_byte_for_byte_while_its_article_does(newsroom: Newsroom) -> None:
    same, other = url_of(newsroom, "rajkot-pump-exports"), url_of(newsroom, "indore-traders-warehouse-raids")
    before = (ask(newsroom, same), ask(newsroom, other))
    newsroom.advance()
    assert ask(newsroom, same, if_none_match=before[0].headers["etag"]).status == 304
    after = ask(newsroom, other, if_none_match=before[1].headers["etag"])
    assert after.status == 200
    assert "promises review of rules" in after.text


def test_robots_keep_one_linked_page_from_us(newsroom: Newsroom) -> None:
    path = _entries(newsroom, PageKind.DISALLOWED)[0].url.partition(f":{newsroom.port}")[2]
    rules = ask(newsroom, f"http://capital-post.localhost:{newsroom.port}/robots.txt").text
    assert "Disallow: /print/" in rules
    assert path.startswith("/print/")


def test_every_host_has_a_front_page_robots_style_and_no_icon(newsroom: Newsroom) -> None:
    for slug, source in _SOURCES.items():
        home = f"http://{slug}.localhost:{newsroom.port}"
        front = ask(newsroom, f"{home}/")
        assert front.status == 200
        assert re.search(rf'<link rel="alternate"[^>]*href="{home}{re.escape(source.feed_path)}"', front.text)
        assert ask(newsroom, f"{home}/robots.txt").text.startswith("User-agent: *\nDisallow:")
        assert ask(newsroom, f"{home}/style.css").headers["content-type"].startswith("text/css")
        assert ask(newsroom, f"{home}/favicon.ico").status == 204
        assert ask(newsroom, f"{home}/nothing/here").status == 404


def test_front_and_section_pages_lead_to_the_articles(newsroom: Newsroom) -> None:
    home = f"http://gujarat-ledger.localhost:{newsroom.port}"
    for entry in newsroom.entries:
        if entry.source == "gujarat-ledger":
            assert entry.url.removeprefix(home) in ask(newsroom, f"{home}/").text
    section = ask(newsroom, f"{home}/section/culture/").text
    assert "/culture/kutch-museum-of-trade" in section
    assert "Robots" in section


def test_the_sitemap_is_named_in_robots(newsroom: Newsroom) -> None:
    home = f"http://harbour-times.localhost:{newsroom.port}"
    assert f"Sitemap: {home}/sitemap-news.xml" in ask(newsroom, f"{home}/robots.txt").text


def test_pictures_are_drawn_the_same_each_time(newsroom: Newsroom) -> None:
    url = f"http://gujarat-ledger.localhost:{newsroom.port}/images/rajkot-pump-exports.svg"
    first = ask(newsroom, url)
    assert first.headers["content-type"] == "image/svg+xml"
    assert first.content == ask(newsroom, url).content


def test_the_lobby_lists_every_source(newsroom: Newsroom) -> None:
    page = ask(newsroom, newsroom.url).text
    assert all(f"http://{slug}.localhost:{newsroom.port}/" in page for slug in _SOURCES)


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("localhost", "/robots.txt", 200),
        ("localhost", "/favicon.ico", 204),
        ("localhost", "/else", 404),
        ("nobody.localhost", "/", 404),
        ("example.org", "/", 421),
        ("127.0.0.1", "/", 200),
    ],
)
def test_names_that_are_no_source_are_answered_plainly(newsroom: Newsroom, host: str, path: str, status: int) -> None:
    assert ask(newsroom, f"http://{host}:{newsroom.port}{path}").status == status
