"""Verdicts rest on several signs; one word alone turns no article into a wall."""

from dataclasses import replace

import pytest

from extractors.kinds import Signs, decide_kind
from extractors.records import Kind
from extractors.structure import Structure

ARTICLE = Signs(
    text="The harbour master closed the pier. " * 60,
    titles=("Pier closed",),
    url="https://post.example/local/pier-1",
    structure=Structure(characters=5000, linked_characters=600, links=40, long_paragraphs=8, articles=1),
    claims=("JSON-LD", "og:type", "date", "author"),
    types=frozenset({"newsarticle"}),
    is_live=False,
    is_free=None,
    hidden=0,
    noindex=False,
)
SHORT = replace(ARTICLE, text="The pier is closed. " * 10)


@pytest.mark.parametrize(
    "signs",
    [
        ARTICLE,
        replace(ARTICLE, titles=("404 days after the flood: house not found",)),
        replace(ARTICLE, titles=("Are you a robot? How machines test us", "Access denied")),
        replace(ARTICLE, titles=("Cookie law: what consent means",), text="Cookies and consent, said the court. " * 60),
        replace(ARTICLE, text="Subscription prices rise, said the publisher. " * 60, is_free=False),
        replace(ARTICLE, structure=replace(ARTICLE.structure, linked_headings=40, linked_characters=4500)),
        replace(ARTICLE, claims=()),
        SHORT,
        replace(SHORT, titles=("Page not found: the missing chapter",)),
        replace(SHORT, structure=replace(ARTICLE.structure, gates=4, consents=3, challenges=1)),
        replace(
            SHORT, text="The court said that cookies need consent. " * 4, structure=Structure(consents=2, links=40)
        ),
        replace(SHORT, text="水門が閉じられた。" * 8, claims=("JSON-LD",)),
        replace(ARTICLE, claims=("og:type", "date"), url="https://post.example/?p=7"),
        replace(
            ARTICLE, claims=("date",), url="https://post.example/topics/harbour/pier-closed-after-cracks-were-found"
        ),
        replace(
            SHORT,
            claims=(),
            titles=("Wreck of the Mary Ann was not found, say divers, after a search of three weeks off Merrow Head",),
        ),
        replace(SHORT, titles=("Where to live",), structure=replace(ARTICLE.structure, live_parts=1)),
    ],
)
def test_an_article_stays_an_article(signs: Signs) -> None:
    assert decide_kind(signs)[0] is Kind.ARTICLE


@pytest.mark.parametrize(
    ("signs", "kind"),
    [
        (replace(ARTICLE, is_live=True), Kind.LIVE_BLOG),
        (replace(SHORT, is_free=False), Kind.PAYWALL),
        (
            replace(
                SHORT, text="It began in a room… " * 20 + "Subscribe to our newsletter", structure=Structure(gates=1)
            ),
            Kind.ARTICLE,
        ),
        (
            replace(
                SHORT, text="It began in a room… " * 20 + "Subscribe to continue reading", structure=Structure(gates=1)
            ),
            Kind.PAYWALL,
        ),
        (
            replace(
                SHORT, claims=("date",), text="शुरुआत। " * 20 + "पूरी खबर पढ़ने के लिए लॉगिन करें", structure=Structure(gates=1)
            ),
            Kind.PAYWALL,
        ),
        (replace(SHORT, claims=(), text="", structure=Structure(challenges=1, walls=1)), Kind.BOT_WALL),
        (replace(SHORT, claims=(), text="", structure=Structure(challenges=1)), Kind.EMPTY),
        (
            replace(
                SHORT,
                claims=(),
                titles=("Access Denied",),
                text="You have no permission to access this.",
                structure=Structure(characters=60),
            ),
            Kind.BOT_WALL,
        ),
        (
            replace(
                SHORT, claims=("og:type",), titles=("Strike live: what we know",), structure=Structure(live_parts=9)
            ),
            Kind.LIVE_BLOG,
        ),
        (
            replace(
                ARTICLE,
                claims=("og:type",),
                text="News. " * 200,
                url="https://post.example/topics/harbour",
                structure=Structure(characters=9000, links=60, linked_headings=9, articles=9, long_paragraphs=9),
            ),
            Kind.INDEX,
        ),
        (
            replace(
                SHORT, text="It began in a room. Subscribe to keep reading…", structure=Structure(gates=1), hidden=4000
            ),
            Kind.PAYWALL,
        ),
        (replace(SHORT, claims=(), titles=("पेज नहीं मिला",), text="यह पेज अब उपलब्ध नहीं है। " * 8), Kind.SOFT_404),
        (replace(SHORT, structure=Structure(not_found_status=True)), Kind.SOFT_404),
        (
            replace(
                ARTICLE,
                claims=("og:type",),
                url="https://post.example/",
                text="News " * 100,
                structure=Structure(characters=9000, linked_characters=7000, links=300, linked_headings=50),
            ),
            Kind.INDEX,
        ),
        (replace(SHORT, text="", claims=()), Kind.EMPTY),
        (replace(SHORT, text="Log in", claims=("og:type",)), Kind.EMPTY),
    ],
)
def test_a_page_that_stands_in_for_an_article_is_named(signs: Signs, kind: Kind) -> None:
    assert decide_kind(signs)[0] is kind


def test_every_reason_says_something() -> None:
    assert decide_kind(ARTICLE)[1].startswith(f"{len(ARTICLE.text)} characters of text; JSON-LD, og:type")
