"""Pages that are no articles, and articles beside them, in languages of which the phrase lists know nothing.

Each page is made by a function from a tongue: what a wall of that build says in it. One tongue is no language at all:
English with its letters turned by thirteen, so that no list can ever know it.
"""

import json
from collections.abc import Callable

from extractors import Kind
from tests.extractors.tongues import SITE, Tongue

URL = "https://post.example/news/2026/03/harbour-strike-goes-on-for-ten-days"


def page(tongue: Tongue, *, title: str, body: str, head: str = "", attributes: str = "") -> str:
    return (
        f"<html lang={tongue.code}><head><meta charset=utf-8><title>{title}</title>{head}</head>"
        f"<body {attributes}>{body}</body></html>"
    )


def linked_data(tongue: Tongue, **more: object) -> str:
    article = {
        "@type": "NewsArticle",
        "headline": tongue.headline,
        "datePublished": "2026-03-03T08:00:00Z",
        "author": {"@type": "Person", "name": "Tom Okafor"},
        **more,
    }
    return f'<script type="application/ld+json">{json.dumps(article, ensure_ascii=False)}</script>'


def paragraphs(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def frame(tongue: Tongue, inner: str) -> str:
    """What stands around every page of the site."""
    menu = "".join(f'<li><a href="/{n}">{text.split()[0]}</a></li>' for n, text in enumerate(tongue.teasers[::3]))
    return f'<header><a href="/">{SITE}</a><ul>{menu}</ul></header>{inner}<footer><a href="/about">{SITE}</a></footer>'


def teasers(tongue: Tongue, heading: str = "h3") -> str:
    return "".join(
        f'<div class=card><{heading}><a href="/{n}">{text}</a></{heading}></div>'
        for n, text in enumerate(tongue.teasers)
    )


def dialogue(tongue: Tongue, attributes: str) -> str:
    buttons = "".join(f"<button>{label}</button>" for label in tongue.accept)
    return f"<div {attributes}><h2>{tongue.accept[0]}?</h2>{paragraphs(tongue.consent)}{buttons}</div>"


def consent_dialogue(tongue: Tongue) -> str:
    return page(tongue, title=SITE, body=dialogue(tongue, 'id="qc-cmp2-container" class="qc-cmp2-ui"'))


def consent_form(tongue: Tongue) -> str:
    hidden = f'<input type=hidden name=continue value="{URL}"><input type=hidden name=gl value=1>'
    buttons = "".join(f"<button type=submit>{label}</button>" for label in tongue.accept)
    return page(
        tongue,
        title=SITE,
        body=f"<h1>{SITE}</h1>{paragraphs(tongue.consent)}<form method=post>{hidden}{buttons}</form>",
    )


def consent_gate(tongue: Tongue) -> str:
    return page(
        tongue, title=SITE, body=frame(tongue, dialogue(tongue, 'class="privacy-gate overlay"')), head=noindex()
    )


def paywall_flag(tongue: Tongue) -> str:
    stub = f"<h1>{tongue.headline}</h1>{paragraphs(tongue.prose[:2])}<p>{tongue.offer}</p>"
    head = linked_data(tongue, isAccessibleForFree=False)
    return page(tongue, title=tongue.headline, head=head, body=frame(tongue, f"<article>{stub}</article>"))


def paywall_box(tongue: Tongue) -> str:
    stub = f"<h1>{tongue.headline}</h1><p>{tongue.prose[0]}</p><p>{tongue.prose[1][:60]}…</p>"
    box = f'<div class="paywall-offer"><p>{tongue.offer}</p><button>{tongue.accept[0]}</button></div>'
    return page(
        tongue, title=tongue.headline, head=linked_data(tongue), body=frame(tongue, f"<article>{stub}{box}</article>")
    )


def paywall_count(tongue: Tongue) -> str:
    stub = f"<h1>{tongue.headline}</h1>{paragraphs(tongue.prose[:2])}"
    box = f'<section class="subscription"><p>{tongue.offer}</p></section>'
    head = linked_data(tongue, wordCount=940)
    return page(tongue, title=tongue.headline, head=head, body=frame(tongue, f"<article>{stub}</article>{box}"))


def paywall_tier(tongue: Tongue) -> str:
    head = linked_data(tongue) + '<meta property="article:content_tier" content="locked">'
    stub = f"<h1>{tongue.headline}</h1>{paragraphs(tongue.prose[:2])}<p>{tongue.offer}</p>"
    return page(tongue, title=tongue.headline, head=head, body=frame(tongue, f"<article>{stub}</article>"))


def bot_frame(tongue: Tongue) -> str:
    frame_of_check = "<iframe src='https://newassets.hcaptcha.example/captcha/v1/x/static/hcaptcha.html'></iframe>"
    return page(tongue, title="post.example", body=f"<h1>post.example</h1><p>{tongue.robot}</p>{frame_of_check}")


def bot_form(tongue: Tongue) -> str:
    form = f'<form id="challenge-form" action="/x" method=post><p>{tongue.robot}</p></form>'
    head = noindex() + '<meta http-equiv="refresh" content="30">'
    return page(tongue, title="post.example", head=head, body=form)


def bot_incident(tongue: Tongue) -> str:
    text = (
        f"<h1>{tongue.missing[0]}</h1><p>{tongue.robot}</p><p>Ref. 18.2d351ab8.1772525733.a4e16ab</p><p>203.0.113.7</p>"
    )
    return page(tongue, title=tongue.missing[0], body=text)


def bot_script(tongue: Tongue) -> str:
    script = "<script>document.cookie='seen=1';location.reload()</script>"
    return page(tongue, title="post.example", body=f"<noscript><p>{tongue.robot}</p></noscript>{script}")


def gone_class(tongue: Tongue) -> str:
    title, text = tongue.missing
    body = frame(tongue, f"<main><h1>{title}</h1><p>{text}</p><form role=search><input type=search></form></main>")
    return page(tongue, title=f"{title} - {SITE}", body=body, attributes='class="error404 wide"')


def gone_with_teasers(tongue: Tongue) -> str:
    title, text = tongue.missing
    body = frame(tongue, f'<main class="page-not-found"><h1>{title}</h1><p>{text}</p>{teasers(tongue)}</main>')
    return page(tongue, title=f"{title} - {SITE}", body=body, head=noindex())


def gone_to_home(tongue: Tongue) -> str:
    title, text = tongue.missing
    head = noindex() + '<link rel=canonical href="https://post.example/">'
    return page(
        tongue, title=f"{title} - {SITE}", head=head, body=frame(tongue, f"<main><h1>{title}</h1><p>{text}</p></main>")
    )


def index_cards(tongue: Tongue) -> str:
    return page(tongue, title=SITE, body=frame(tongue, f"<main>{teasers(tongue)}</main>"))


def index_summaries(tongue: Tongue) -> str:
    cards = "".join(
        f'<article><h2><a href="/{n}">{text}</a></h2><p>{tongue.prose[n % len(tongue.prose)]}</p></article>'
        for n, text in enumerate(tongue.teasers)
    )
    return page(tongue, title=SITE, body=frame(tongue, f"<main>{cards}</main>"))


def live_entries(tongue: Tongue) -> str:
    entries = "".join(
        f'<div class="liveblog-entry"><time datetime="2026-03-03T{9 + n:02}:15:00Z">{9 + n}</time><p>{text}</p></div>'
        for n, text in enumerate(tongue.prose * 2)
    )
    body = frame(tongue, f"<article><h1>{tongue.headline}</h1>{entries}</article>")
    return page(tongue, title=tongue.headline, head=linked_data(tongue), body=body)


def article(tongue: Tongue, *, before: str = "", after: str = "", head: str = "", attributes: str = "") -> str:
    text = f"<article><h1>{tongue.headline}</h1>{paragraphs(tongue.prose * 2)}</article>"
    return page(
        tongue,
        title=f"{tongue.headline} - {SITE}",
        head=linked_data(tongue) + head,
        body=frame(tongue, before + text + after),
        attributes=attributes,
    )


def article_under_dialogue(tongue: Tongue) -> str:
    return article(tongue, before=dialogue(tongue, 'id="onetrust-consent-sdk"'))


def article_with_offer(tongue: Tongue) -> str:
    return article(tongue, after=f'<div class="paywall-offer"><p>{tongue.offer}</p></div>')


def article_with_ticker(tongue: Tongue) -> str:
    items = "".join(
        f'<li class="live-ticker-item"><time>9:{n}</time> {text}</li>' for n, text in enumerate(tongue.teasers)
    )
    return article(tongue, after=f"<aside><ul>{items[:1500]}</ul></aside>")


def article_with_captcha(tongue: Tongue) -> str:
    return article(
        tongue, after="<form id=comment><div class=g-recaptcha></div></form><script src=/recaptcha.js></script>"
    )


def article_without_index(tongue: Tongue) -> str:
    return article(tongue, head=noindex(), attributes='class="no-404"')


def short_report(tongue: Tongue) -> str:
    body = frame(tongue, f"<article><h1>{tongue.headline}</h1>{paragraphs(tongue.prose[:2])}</article>")
    return page(tongue, title=tongue.headline, head=linked_data(tongue), body=body)


def bare_report(tongue: Tongue) -> str:
    """No word of a machine's on it."""
    return page(tongue, title=tongue.headline, body=f"<h1>{tongue.headline}</h1>{paragraphs(tongue.prose)}")


def noindex() -> str:
    return '<meta name=robots content="noindex">'


Maker = Callable[[Tongue], str]
NO_ARTICLE = frozenset(Kind) - {Kind.ARTICLE, Kind.LIVE_BLOG}
MAKERS: dict[Maker, frozenset[Kind]] = {
    consent_dialogue: frozenset({Kind.CONSENT}),
    consent_form: NO_ARTICLE,  # nothing but its form tells what it is
    consent_gate: frozenset({Kind.CONSENT}),
    paywall_flag: frozenset({Kind.PAYWALL}),
    paywall_box: frozenset({Kind.PAYWALL}),
    paywall_count: frozenset({Kind.PAYWALL}),
    paywall_tier: frozenset({Kind.PAYWALL}),
    bot_frame: frozenset({Kind.BOT_WALL}),
    bot_form: frozenset({Kind.BOT_WALL}),
    bot_incident: NO_ARTICLE,
    bot_script: NO_ARTICLE,
    gone_class: frozenset({Kind.SOFT_404}),
    gone_with_teasers: frozenset({Kind.SOFT_404, Kind.INDEX}),
    gone_to_home: NO_ARTICLE,
    index_cards: frozenset({Kind.INDEX}),
    index_summaries: frozenset({Kind.INDEX}),
    live_entries: frozenset({Kind.LIVE_BLOG}),
    article_under_dialogue: frozenset({Kind.ARTICLE}),
    article_with_offer: frozenset({Kind.ARTICLE}),
    article_with_ticker: frozenset({Kind.ARTICLE}),
    article_with_captcha: frozenset({Kind.ARTICLE}),
    article_without_index: frozenset({Kind.ARTICLE}),
    short_report: frozenset({Kind.ARTICLE}),
    bare_report: frozenset({Kind.ARTICLE}),
}
