"""Pages made by chance, as different as those of many papers: templates, languages, charsets, dates, walls.

The same number always gives the same page.
"""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_WORDS = {
    "en": "the traders of port city closed their shops in protest while ministry officials said that new rules for "
    "online sales would follow after talks with unions and farmers about prices, taxes and permits",
    "fr": "les commerçants de la ville ont fermé leurs boutiques pour protester alors que le ministère préparait des "
    "règles sur la vente en ligne après des entretiens avec les syndicats et les élus à propos des prix",
    "de": "die händler der stadt schlossen ihre läden aus protest während das ministerium über neue regeln für den "
    "handel im netz mit verbänden und bürgern sprach und höhere gebühren für große plattformen prüfte",
    "hi": "शहर के व्यापारियों ने विरोध में अपनी दुकानें बंद रखीं और मंत्रालय ने कहा कि ऑनलाइन बिक्री के नए नियम जल्द आएँगे "
    "किसानों तथा संघों से बातचीत के बाद कीमतों पर फैसला होगा",
    "ru": "торговцы города закрыли лавки в знак протеста пока министерство готовило новые правила торговли в сети "
    "после встречи с профсоюзами и фермерами о ценах налогах и разрешениях",
    "ja": "市内 の 商店 は 抗議 の ため 店 を 閉め 省庁 は ネット 販売 の 新しい 規則 を 検討 して いる "
    "と 述べた 価格 と 税 の 協議 が 続く",
}
_NAMES = ("R. Mehta", "Anna Weber", "Luc Bernard", "Ivan Petrov", "Kenji Mori", "A. D'Souza")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Story:
    """What a page tells, before it has a form."""

    number: int
    language: str
    title: str
    paragraphs: tuple[str, ...]
    author: str
    date: str  # "" where the page gives none

    @property
    def body(self) -> str:
        return "".join(f"<p>{text}</p>" for text in self.paragraphs)


def make_page(number: int) -> bytes:
    """The page of that number."""
    chance = random.Random(number)
    wall = chance.random() < 0.15
    template = chance.choice(_WALLS if wall else _TEMPLATES)
    page = template(_story(number, chance))
    charset = chance.choice(("utf-8", "utf-8", "utf-8", "cp1252"))
    try:
        return page.replace("CHARSET", charset).encode(charset)
    except UnicodeEncodeError:
        return page.replace("CHARSET", "utf-8").encode()


def _story(number: int, chance: random.Random) -> _Story:
    language = chance.choice(tuple(_WORDS))
    words = _WORDS[language].split()

    def sentence(least: int, most: int) -> str:
        text = " ".join(chance.choice(words) for _ in range(chance.randint(least, most)))
        return text[:1].upper() + text[1:]

    day = f"{chance.randint(2019, 2026)}-{chance.randint(1, 10):02}-{chance.randint(1, 28):02}"
    dates = ("", day, f"{day}T{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:00+05:30", f"{day}T08:15:00Z")
    return _Story(
        number=number,
        language=language,
        title=f"{sentence(5, 9)} {number}",
        paragraphs=tuple(
            ". ".join(sentence(8, 24) for _ in range(chance.randint(2, 5))) + "." for _ in range(chance.randint(3, 14))
        ),
        author=chance.choice((*_NAMES, "")),
        date=chance.choice((*dates, "2093-01-01", "30 February 2024")),
    )


def _page(story: _Story, *, head: str, body: str) -> str:
    title = f"<title>{story.title} - The Paper</title>"
    menu = "".join(f'<li><a href="/section/{n}">Section {n}</a></li>' for n in range(9))
    return (
        f'<!doctype html><html lang="{story.language}"><head><meta charset="CHARSET">{title}{head}</head>'
        f"<body><nav><ul>{menu}</ul></nav>{body}<footer>The Paper. All rights reserved.</footer></body></html>"
    )


def _with_json_ld(story: _Story) -> str:
    said: dict[str, Any] = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": story.title}
    said |= {"datePublished": story.date} if story.date else {}
    said |= {"author": {"@type": "Person", "name": story.author}} if story.author else {}
    head = f'<script type="application/ld+json">{json.dumps(said)}</script>'
    return _page(story, head=head, body=f"<article><h1>{story.title}</h1>{story.body}</article>")


def _with_metas(story: _Story) -> str:
    head = f'<meta property="og:title" content="{story.title}"><meta name="author" content="{story.author}">'
    head += f'<meta property="article:published_time" content="{story.date}">' if story.date else ""
    return _page(story, head=head, body=f'<div class="main"><h1>{story.title}</h1><div>{story.body}</div></div>')


def _with_kicker(story: _Story) -> str:
    by = f'<span class="byline">By {story.author}</span>' if story.author else ""
    body = f'<h2 class="kicker">{story.title}</h2>{by}<time>{story.date}</time><div class="text">{story.body}</div>'
    related = "".join(f'<li><a href="/r/{n}">Related report number {n}</a></li>' for n in range(6))
    return _page(story, head="", body=f'<main>{body}</main><aside class="more"><ul>{related}</ul></aside>')


def _with_tables(story: _Story) -> str:
    rows = "".join(f"<tr><td>{text}<br><br></td></tr>" for text in story.paragraphs)
    return _page(story, head="", body=f"<table><tr><td><b>{story.title}</b></td></tr>{rows}</table>{story.date}")


def _with_microdata(story: _Story) -> str:
    date = f'<meta itemprop="datePublished" content="{story.date}">' if story.date else ""
    inner = f'<h1 itemprop="headline">{story.title}</h1>{date}<div itemprop="articleBody">{story.body}</div>'
    return _page(story, head="", body=f'<div itemscope itemtype="https://schema.org/NewsArticle">{inner}</div>')


def _live(story: _Story) -> str:
    updates = "".join(
        f'<article class="live-update"><time datetime="2026-10-01T{n + 8:02}:00:00Z"></time><p>{text}</p></article>'
        for n, text in enumerate(story.paragraphs)
    )
    return _page(story, head="", body=f"<main><h1>Live: {story.title}</h1>{updates}</main>")


def _consent(story: _Story) -> str:
    text = "We and our partners use cookies. Choose Accept all to go on, or Reject all. Manage your privacy settings."
    body = f'<div id="consent" class="cookie-wall"><h1>Before you continue</h1><p>{text}</p><button>Accept all</button>'
    return _page(story, head="", body=f"{body}</div>")


def _paywall(story: _Story) -> str:
    text = f'<div class="paywall"><p>Subscribe to read the full story of {story.number}.</p><a>Log in</a></div>'
    return _page(story, head="", body=f"<article><h1>{story.title}</h1><p>{story.paragraphs[0]}</p>{text}</article>")


def _bot_wall(story: _Story) -> str:
    text = "Checking your browser before you are let in. Please verify that you are a human. Enable JavaScript."
    return f"<html><head><title>Just a moment</title></head><body><p>{text} {story.number}</p></body></html>"


def _list(story: _Story) -> str:
    rows = "".join(f'<li><a href="/{n}">{text[:60]}</a></li>' for n, text in enumerate(story.paragraphs * 5))
    return _page(story, head="", body=f"<main><h1>Latest</h1><ul>{rows}</ul></main>")


def _not_found(story: _Story) -> str:
    return _page(story, head="", body=f"<h1>404 Page not found</h1><p>The page {story.number} does not exist.</p>")


def _empty(story: _Story) -> str:
    return _page(story, head="", body='<div id="root"></div>')


_Template = Callable[[_Story], str]
_TEMPLATES: tuple[_Template, ...] = (_with_json_ld, _with_metas, _with_kicker, _with_tables, _with_microdata, _live)
_WALLS: tuple[_Template, ...] = (_consent, _paywall, _bot_wall, _list, _not_found, _empty)
