"""Pages of odd builds: tables, programs, menus, walls, lists; what is theirs is found, and what is not is left out."""

import json

import pytest

from extractors import Kind, ParsedArticle, extract_article

URL = "https://post.example/local/strike-1.html"
PROSE = (
    "Dock workers at the harbour of Merrow voted on Tuesday to go on with their walkout for another ten days.",
    "Their speaker, Ada Lindqvist, said that the offer of the harbour was far from what is needed to pay the rent.",
    "Ships have begun to call at other harbours, which adds as much as four days to the voyage from the east.",
    "Both sides will meet again on Friday, for the first time with a mediator of the state at the table.",
    "Shops expect to feel the strike in the middle of April, when what they ordered for spring should arrive.",
)
MENU = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in ("Home", "World", "Sport", "Culture", "Weather"))


def read(head: str, body: str, url: str = URL) -> ParsedArticle:
    page = f"<html><head>{head}</head><body><ul>{MENU}</ul>{body}<div>© Post 2026</div></body></html>"
    return extract_article(page.encode(), url)


def paragraphs(*texts: str) -> str:
    return "".join(f"<p>{text}</p>" for text in texts or PROSE)


def test_a_page_laid_out_by_tables_has_paragraphs_and_no_menu() -> None:
    page = (
        "<title>Merrow Courier - Strike goes on</title><table><tr><td><a href=/>Home</a><br><a href=/w>World</a></td>"
        "<td><font size=5><b>Strike goes on</b></font><br><i>By Lars Nygaard</i><br>"
        f"March 3, 2026<br><br>{'<br><br>'.join(PROSE)}</td><td>Advertisement</td></tr></table>"
    )
    found = extract_article(page.encode(), URL)
    assert found.text.split("\n\n")[-5:] == list(PROSE)
    assert "World" not in found.text
    assert (found.title, found.authors) == ("Strike goes on", ("Lars Nygaard",))


def test_a_table_of_figures_stays_a_table() -> None:
    rows = "".join(f"<tr><td>Pier {number}</td><td>{number} ships</td></tr>" for number in range(1, 6))
    found = read("<title>Strike</title>", f"<article><h1>Strike</h1>{paragraphs()}<table>{rows}</table></article>")
    assert "| Pier 3 | 3 ships |" in found.text
    assert "---" not in found.text


STATE = {
    "page": {"article": {"body": [{"type": "p", "text": text} for text in PROSE]}, "teasers": [{"text": PROSE[0]}]}
}


@pytest.mark.parametrize(
    "script",
    [
        f'<script id="__NEXT_DATA__" type="application/json">{json.dumps(STATE)}</script>',
        f"<script>window.__STATE__ = {json.dumps(STATE)}; start(window.__STATE__)</script>",
        f'<script type="application/json">{json.dumps({"html": paragraphs()})}</script>',
    ],
)
def test_a_page_that_is_a_program_gives_the_article_in_its_state(script: str) -> None:
    found = read("<title>Strike goes on</title>", f"<div id=app></div>{script}")
    assert found.text.split("\n\n") == list(PROSE)
    assert (found.kind, found.provenance["text"].source) == (Kind.ARTICLE, "page state")


@pytest.mark.parametrize("free", ["false", "true"])
def test_structured_text_is_taken_from_a_page_without_prose_unless_a_wall_hides_it(free: str) -> None:
    article = {
        "@type": "NewsArticle",
        "headline": "Strike goes on",
        "articleBody": "\n".join(PROSE),
        "isAccessibleForFree": free,
    }
    found = read(f'<script type="application/ld+json">{json.dumps(article)}</script>', "<div id=app></div>")
    assert (PROSE[0] in found.text) == (free == "true")


def test_a_menu_before_the_text_and_links_to_other_articles_in_it_are_left_out() -> None:
    figures = "".join(
        f"<figure><img src={n}.jpg><figcaption>{text}</figcaption></figure>" for n, text in enumerate(PROSE)
    )
    assert read("<title>Strike in pictures</title>", f"<h1>Strike in pictures</h1>{figures}").text.startswith(PROSE[0])
    other = '<p>Also read | <a href="/x">Fares of the ferries rise again</a></p>'
    body = f"{paragraphs(*PROSE[:2])}{other}{paragraphs(*PROSE[2:])}"
    assert "ferries" not in read("<title>Strike</title>", f"<article><h1>Strike</h1>{body}</article>").text


GONE = {
    "en": ("Page not found", "Sorry, that page was moved or deleted."),
    "sv": ("Sidan kunde inte hittas", "Sidan du söker kan ha tagits bort."),
    "fi": ("Sivua ei löytynyt", "Hakemaasi sivua ei löydy."),
    "cs": ("Stránka nenalezena", "Požadovaná stránka neexistuje."),
    "ru": ("Страница не найдена", "Запрашиваемая страница не существует."),
    "el": ("Η σελίδα δεν βρέθηκε", "Η σελίδα που αναζητάτε δεν υπάρχει."),
    "ar": ("الصفحة غير موجودة", "عذرا، الصفحة غير موجودة أو تم حذفها."),
    "hi": ("पेज नहीं मिला", "आप जिस पेज को खोज रहे हैं वह उपलब्ध नहीं है।"),
    "ta": ("பக்கம் கிடைக்கவில்லை", "நீங்கள் தேடும் பக்கம் கிடைக்கவில்லை."),
    "zh": ("页面不存在", "抱歉，您访问的页面不存在或已被删除。"),
    "ja": ("ページが見つかりません", "お探しのページは存在しません。"),
    "ko": ("페이지를 찾을 수 없습니다", "요청하신 페이지를 찾을 수 없습니다."),
    "id": ("Halaman tidak ditemukan", "Maaf, halaman tidak ditemukan."),
    "th": ("ไม่พบหน้า", "ขออภัย ไม่พบหน้าที่คุณต้องการ"),
}


@pytest.mark.parametrize("language", GONE)
def test_not_found_is_understood_whatever_date_its_address_has(language: str) -> None:
    title, text = GONE[language]
    found = read(f"<title>{title}</title>", f"<h1>{title}</h1><p>{text}</p>", "https://post.example/2026/03/03/strike")
    assert found.kind is Kind.SOFT_404


@pytest.mark.parametrize(
    "page",
    [
        "<title>Just a moment...</title><h1>post.example</h1><script>window._cf_chl_opt={}</script>",
        "<title>Access Denied</title><h1>Access Denied</h1>You have no permission to access this page. Reference 18.2d",
        "<title>451: Unavailable due to legal reasons</title><p>The access cannot be granted at this time.</p>",
        "<title>post.example</title><script src='https://ct.captcha-delivery.com/c.js'></script>",
    ],
)
def test_a_check_for_robots_is_one_whatever_date_its_address_has(page: str) -> None:
    assert extract_article(page.encode(), "https://post.example/2026/03/03/strike").kind is Kind.BOT_WALL


def test_a_script_that_protects_a_page_makes_it_no_wall() -> None:
    script = "<script src='/cdn-cgi/challenge-platform/h/g/scripts/jsd/main.js'></script>"
    assert read("<title>Strike</title>", f"<h1>Strike</h1>{paragraphs(*PROSE[:2])}{script}").kind is Kind.ARTICLE


@pytest.mark.parametrize(
    ("shown", "published"),
    [
        ("<div class='publish-time'>Published - March 03, 2026 08:12 am IST</div>", "2026-03-03T02:42:00+00:00"),
        ("<p>Posted On: 03 MAR 2026 8:12PM by PIB Delhi</p>", "2026-03-03T00:00:00+00:00"),
        ("<span>Veröffentlicht: 3. März 2026, 08:12 Uhr</span>", "2026-03-03T00:00:00+00:00"),
        ("<p>Published 3 March 2026 | Updated 9 March 2026</p>", "2026-03-03T00:00:00+00:00"),
        ("<p class='date'>Updated: 9 March 2026</p>", None),
        ("<aside><p class='date'>9 March 2025</p></aside>", None),
        ("<time datetime='2026-03-03T09:30:00Z'>3 March</time>", "2026-03-03T09:30:00+00:00"),
    ],
)
def test_a_date_that_is_only_shown_is_read_beside_the_headline(shown: str, published: str | None) -> None:
    before = "<aside><time datetime='2019-01-01T00:00:00Z'>old</time></aside>" if "<time" in shown else ""
    found = read("<title>Strike</title>", f"{before}<article><h1>Strike</h1>{shown}{paragraphs()}</article>").published
    if published is None:
        assert found is None or found.date().isoformat() not in shown
    else:
        assert found is not None
        assert found.isoformat() == published


LONG = "The strike of the harbour in five charts: what the Post’s own count says"


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        (
            "<title>Strike goes on - Post</title>",
            "<h1><a href=/>Post</a></h1><h1>Strike goes on</h1>",
            "Strike goes on",
        ),
        (
            "<title>Strike goes on - Post</title><meta property='og:site_name' content='Post'>",
            "<h1><a href=/>Post</a></h1><h2>Strike goes on</h2>",
            "Strike goes on",
        ),
        ("<title>Strike goes on « Post « World</title>", "", "Strike goes on"),
        (
            "<title>Merrow Post: Strike goes on</title><meta property='og:site_name' content='Merrow Post'>",
            "",
            "Strike goes on",
        ),
        (f"<title>Post | {LONG}</title><meta property='og:site_name' content='Post'>", "", LONG),
        ("<title>港口工人延长罢工_财经_海港日报</title>", "", "港口工人延长罢工"),
        ("<title>SEO strike words</title>", "<h1>Strike goes on</h1>", "Strike goes on"),
        ("<title>प्याज | पोस्ट</title><meta property='og:site_name' content='पोस्ट'>", "<h1>प्याज</h1>", "प्याज"),
    ],
)
def test_the_headline_is_what_readers_see_without_the_site(head: str, body: str, title: str) -> None:
    assert read(head, f"{body}<div>{paragraphs()}</div>").title == title
