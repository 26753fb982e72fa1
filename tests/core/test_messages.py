import email
import os
import re
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from newsdesk.errors import NewsdeskError
from newsdesk.messages import Message, Sender, parse_sender, render
from newsdesk.messages.clean import clean, safe_link, shorten
from newsdesk.messages.passages import choose_passages, title_words
from newsdesk.messages.times import show_instant
from newsdesk.model import Alert, Article, Evidence, Notification, Reader, Rule, Tag, Topic
from newsdesk.query import parse

NOW = datetime(2026, 3, 2, 9, 5, tzinfo=UTC)
TITLE = "Traders march against the new GST rules"
FIRST, SECOND = "Hundreds of traders marched on Monday.", "They want GST relief for small sellers."
TEXT = f"{FIRST} {SECOND}"
SENDER = Sender(address="newsdesk@paper.example", domain="paper.example")
READER = Reader(id="desk", address="desk@paper.example", name="Policy desk", zone="Asia/Kolkata")
RULE = Rule(id="policy-now", title="Policy, at once", topics=("policy", "protests"), readers=("desk",))
TOPICS = {
    "policy": Topic(id="policy", title="E-commerce policy", query=parse("gst")),
    "protests": Topic(id="protests", title="Trader protests", query=parse("trader*")),
}
INTENDED_HEADERS = [
    *("From", "To", "Date", "List-Id", "Auto-Submitted", "X-Newsdesk-Rule", "X-Newsdesk-Alert", "Subject"),
    *("Message-ID", "In-Reply-To", "References", "MIME-Version", "Content-Type"),
]
TAGS_WE_WRITE = {
    *("html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "span", "h1", "h2", "p", "a"),
    *("strong", "br", "bdi", "mark", "blockquote"),
}
ATTRIBUTES_WE_WRITE = {
    *("lang", "dir", "charset", "name", "content", "class", "style", "role", "width", "cellpadding", "cellspacing"),
    *("border", "align", "href"),
}


def place(field: str, word: str, *, part: str | None = None) -> Evidence:
    whole = TITLE if field == "title" else TEXT
    start = whole.index(word)
    sentence = TITLE if field == "title" else next(s for s in (FIRST, SECOND) if word in s)
    return Evidence(
        field=field,
        start=start,
        end=start + len(word),
        part=part or word,
        sentence=sentence,
        sentence_start=whole.index(sentence),
    )


TAGS = (
    Tag(topic="policy", topic_version="1", evidence=(place("title", "GST"), place("body", "GST"))),
    Tag(topic="protests", topic_version="1", evidence=(place("title", "Traders"), place("body", "traders"))),
)


def article(  # noqa: PLR0913 - the fields that the tests vary
    *,
    title: str = TITLE,
    url: str = "https://www.ledger.example/a?b=1&c=2",
    source: str = "Deccan Ledger",
    authors: tuple[str, ...] = ("Asha Menon",),
    summary: str = "Small sellers marched.",
    published: datetime | None = NOW - timedelta(minutes=25),
    language: str | None = "en",
    id_: str = "a" * 32,
) -> Article:
    return Article(
        id=id_,
        url=url,
        source=source,
        title=title,
        text=TEXT,
        summary=summary,
        language=language,
        authors=authors,
        published=published,
        modified=None,
        fetched_at=NOW,
        recorded_at=NOW,
        first_seen_at=NOW,
        sources=(source, "Coast Herald"),
    )


def notification(*articles: Article, tags: tuple[Tag, ...] = TAGS) -> Notification:
    alerts = tuple(
        Alert(id=f"{number:032d}", rule=RULE.id, article=one, tags=tags, created_at=NOW)
        for number, one in enumerate(articles or (article(),))
    )
    key = f"immediate|{RULE.id}|desk|{alerts[0].id}"
    return Notification(id="n", key=key, reader="desk", rule=RULE.id, created_at=NOW, alerts=alerts)


def make(notice: Notification | None = None, *, reader: Reader = READER, now: datetime = NOW) -> Message:
    return render(notice or notification(), reader=reader, rule=RULE, topics=TOPICS, sender=SENDER, now=now)


def read(message: Message) -> EmailMessage:
    return email.message_from_bytes(message.data, policy=policy.default)


def body(message: Message, kind: str) -> str:
    part = read(message).get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def parsed(message: Message) -> lxml_html.HtmlElement:
    return lxml_html.fromstring(body(message, "html"))


def heading(message: Message) -> lxml_html.HtmlElement:
    parent = next(iter(parsed(message).iter("h1"))).getparent()
    assert parent is not None
    return parent


def test_the_subject_says_what_happened() -> None:
    message = make()
    assert message.subject == f"E-commerce policy, Trader protests: {TITLE} (Deccan Ledger)"
    assert read(message)["Subject"] == message.subject


def test_both_bodies_carry_title_source_link_time_topics_summary_passages_and_reason() -> None:
    for kind in ("plain", "html"):
        shown = " ".join(re.sub(r"<[^>]+>", "", body(make(), kind)).replace("**", "").replace("&amp;", "&").split())
        for wanted in (
            *(TITLE, "Deccan Ledger", "Asha Menon", "www.ledger.example", "Mon 2 March 2026, 14:10 IST"),
            *("E-commerce policy", "Trader protests", "Small sellers marched.", FIRST, SECOND, "Coast Herald"),
            *("Why you get this", "Policy, at once", "policy-now", "desk@paper.example"),
        ):
            assert wanted in shown, (kind, wanted)


def test_matched_words_are_marked_in_both_bodies() -> None:
    marked = ["".join(map(str, mark.itertext())) for mark in parsed(make()).iter("mark")]
    assert marked == ["GST", "GST", "Traders", "traders"]
    assert "They want **GST** relief" in body(make(), "plain")
    assert "In the title: **Traders**" in body(make(), "plain")


def test_the_text_body_carries_the_very_link() -> None:
    assert "https://www.ledger.example/a?b=1&c=2\n" in body(make(), "plain")


def test_headers_are_exactly_the_intended_ones() -> None:
    mail = read(make())
    assert list(mail.keys()) == INTENDED_HEADERS
    assert mail["To"].addresses[0].addr_spec == "desk@paper.example"
    assert mail["To"].addresses[0].display_name == "Policy desk"
    assert mail["Date"].datetime == NOW
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<policy-now.newsdesk.paper.example>"


def test_the_same_notification_gives_the_same_bytes() -> None:
    assert make().data == make(now=NOW + timedelta(minutes=30)).data


def test_the_message_id_follows_from_channel_reader_and_key_alone() -> None:
    assert re.fullmatch(r"<[a-z2-7]{32}@paper\.example>", make().message_id)
    assert make().message_id == make(notification(article(title="Corrected"))).message_id
    other = Reader(id="editor", address="editor@paper.example")
    assert make(reader=other).message_id != make().message_id


def test_mails_on_one_article_to_one_reader_share_a_thread_root() -> None:
    root = read(make())["References"]
    assert re.fullmatch(r"<story-[a-z2-7]{32}@paper\.example>", root)
    assert read(make())["In-Reply-To"] == root
    assert read(make(notification(article(id_="b" * 32))))["References"] != root


def test_identifiers_stay_whole_for_a_long_domain() -> None:
    domain = "mail." + "a" * 60 + ".newsroom.internal.example"
    sender = Sender(address=f"newsdesk@{domain}", domain=domain)
    message = render(notification(), reader=READER, rule=RULE, topics=TOPICS, sender=sender, now=NOW)
    assert f"Message-ID: {message.message_id}\r\n".encode() in message.data
    assert f"List-Id: <policy-now.newsdesk.{domain}>\r\n".encode() in message.data
    assert read(message)["References"].endswith(f"@{domain}>")


@pytest.mark.parametrize(
    ("published", "expected"),
    [
        (None, "Publication time unknown, first seen Mon 2 March 2026, 14:35 IST"),
        (NOW - timedelta(days=3), "Published Fri 27 February 2026, 14:35 IST, first seen Mon 2 March 2026, 14:35 IST"),
        (NOW + timedelta(days=1), "Published Tue 3 March 2026, 14:35 IST, first seen Mon 2 March 2026, 14:35 IST"),
        (NOW, "Published Mon 2 March 2026, 14:35 IST"),
    ],
)
def test_first_seen_is_told_where_the_publication_is_unknown_old_or_in_the_future(
    published: datetime | None, expected: str
) -> None:
    text = " ".join(body(make(notification(article(published=published))), "plain").split())
    assert f"{expected} Also at" in text


def test_zones_without_letters_are_shown_by_their_offset() -> None:
    assert show_instant(NOW, "Asia/Dubai") == "Mon 2 March 2026, 13:05 UTC+04"


def test_a_late_mail_says_that_it_is_late() -> None:
    late = body(make(now=NOW + timedelta(hours=5)), "plain")
    assert "This mail is late" in late
    assert "5 h before" in " ".join(late.split())
    assert "late" not in body(make(), "plain")


def test_language_and_direction_are_set_on_foreign_text() -> None:
    urdu = heading(make(notification(article(language="ur"))))
    assert (urdu.get("lang"), urdu.get("dir")) == ("ur", "rtl")
    unknown = heading(make(notification(article(language=None))))
    assert (unknown.get("lang"), unknown.get("dir")) == (None, "auto")


def test_an_article_without_a_safe_link_has_none() -> None:
    message = make(notification(article(url="javascript:alert(1)")))
    assert not list(parsed(message).iter("a"))
    assert "javascript" not in message.data.decode()
    assert "no safe link" in body(message, "plain")


def test_a_topic_that_the_watchlist_lost_is_named_by_its_id() -> None:
    tags = (Tag(topic="gone-topic", topic_version="1", evidence=()),)
    assert make(notification(tags=tags)).subject.startswith("gone-topic: ")


def test_several_articles_are_counted_in_the_subject_and_have_no_thread() -> None:
    message = make(notification(article(), article(title="Second", id_="b" * 32)))
    assert message.subject == "2 articles: E-commerce policy, Trader protests"
    assert read(message)["References"] is None
    assert "Second" in body(message, "plain")


def test_a_long_subject_keeps_topic_and_source_and_cuts_the_title() -> None:
    message = make(notification(article(title="word " * 100)))
    assert len(message.subject) <= 150
    assert message.subject.startswith("E-commerce policy, Trader protests: word")
    assert message.subject.endswith("… (Deccan Ledger)")


def test_a_huge_notification_stays_below_the_limit_and_counts_what_it_leaves_out() -> None:
    heavy = tuple(article(title="<&\"'ट" * 100, summary="&" * 500, id_=f"{n:032d}") for n in range(150))
    message = make(notification(*heavy))
    assert len(message.data) <= 100_000
    left_out = int(re.findall(r"(\d+) more articles are not\s+shown", body(message, "plain"))[0])
    assert 90 <= left_out < 150


def test_the_worst_single_article_fits_too() -> None:
    sentence = "&\"'<ट" * 60
    places = tuple(
        Evidence(field="body", start=n * 300 + 5 * w, end=n * 300 + 5 * w + 3, part=f"{w}", sentence=sentence,
                 sentence_start=n * 300)
        for n in range(5) for w in range(40)
    )  # fmt: skip
    tags = tuple(Tag(topic=f"topic-{n}-" + "&" * 100, topic_version="1", evidence=places) for n in range(40))
    message = make(notification(article(title="&" * 300, authors=("&" * 200,) * 9), tags=tags))
    assert len(message.data) <= 100_000
    assert "Cut to keep the mail small" in body(message, "plain")


def test_the_html_loads_nothing_and_runs_nothing() -> None:
    tree = parsed(make())
    assert {element.tag for element in tree.iter() if isinstance(element.tag, str)} <= TAGS_WE_WRITE
    assert {name for element in tree.iter() for name in element.attrib} <= ATTRIBUTES_WE_WRITE
    assert "url(" not in body(make(), "html")
    assert "@import" not in body(make(), "html")


# ------------------------------------------------------------------ hostile input

NASTY = st.sampled_from(
    [
        *(
            "\r\nBcc: thief@evil.example",
            "\n\n<script>alert(1)</script>",
            "\x00\x1b[31m",
            "\u202egpj.exe",
            "\u2066x\u2069",
        ),
        *("=?utf-8?q?=0D=0ABcc:=20thief@evil.example?=", "=?utf-8?b?DQpCY2M6IHg=?=", "<img src=x onerror=alert(1)>"),
        *(
            "</title></style><script>",
            "{{ 7*7 }}{% raw %}",
            '" onmouseover="x',
            "\ud800",
            "\x85",
            "\u2028",
            "&lt;b&gt;",
        ),
        *(
            "javascript:alert(1)",
            "data:text/html,x",
            "हिन्दी में",
            "-- \n",
            ".\r\n.",
            "😀" * 40,
            "x" * 400,
            "\ufeff",
            "%s%n",
        ),
    ]
)
HOSTILE = st.lists(st.one_of(NASTY, st.text(max_size=20)), max_size=5).map("".join)
HOSTILE_URL = st.one_of(
    HOSTILE,
    HOSTILE.map(lambda tail: "https://press.example/" + tail),
    HOSTILE.map(lambda host: f"http://{host}/"),
    st.sampled_from(
        ["https://user@evil.example/", "https://press.example:x/", "http://[::1", 'https://a.example/"><b>']
    ),
)


@settings(max_examples=5000 if os.environ.get("NEWSDESK_LONG") else 100, deadline=None)
@given(title=HOSTILE, source=HOSTILE, author=HOSTILE, summary=HOSTILE, url=HOSTILE_URL, name=HOSTILE, topic=HOSTILE)
def test_hostile_text_is_shown_and_never_obeyed(  # noqa: PLR0913 - one argument for each foreign text
    *, title: str, source: str, author: str, summary: str, url: str, name: str, topic: str
) -> None:
    one = article(title=title, source=source, authors=(author,), summary=summary, url=url, language=author[:9] or None)
    sentence = f"{title} {summary}"[:300]
    proof = Evidence(field="body", start=2, end=9, part=topic, sentence=sentence, sentence_start=0)
    notice = notification(one, tags=(Tag(topic="t", topic_version="1", evidence=(proof,)),))
    topics = {"t": Topic(id="t", title=topic, query=parse("gst"))}
    rule = Rule(id="policy-now", title=name, topics=("t",), readers=("desk",))
    reader = Reader(id="desk", address="desk@paper.example", name=name)
    message = render(notice, reader=reader, rule=rule, topics=topics, sender=SENDER, now=NOW)

    assert message == render(notice, reader=reader, rule=rule, topics=topics, sender=SENDER, now=NOW)
    assert message.data.isascii()
    assert len(message.data) <= 100_000
    assert max(len(line) for line in message.data.split(b"\r\n")) <= 990
    assert b"\n" not in message.data.replace(b"\r\n", b"")
    mail = read(message)
    assert list(mail.keys()) == INTENDED_HEADERS
    assert [address.addr_spec for address in mail["To"].addresses] == ["desk@paper.example"]
    assert len(message.subject) <= 150
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]", message.subject)
    assert str(mail["Subject"]).replace("= ?", "=?").split() == message.subject.replace("= ?", "=?").split()
    parts = list(mail.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    page = body(message, "html")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f]", page)
    tree = lxml_html.fromstring(page)
    assert {name for element in tree.iter() for name in element.attrib} <= ATTRIBUTES_WE_WRITE
    assert {element.tag for element in tree.iter() if isinstance(element.tag, str)} <= TAGS_WE_WRITE
    assert all(re.match(r"https?://[a-z0-9_[]", str(link.get("href"))) for link in tree.iter("a"))


@given(HOSTILE)
def test_clean_text_is_one_line_and_stays_as_it_is(text: str) -> None:
    once = clean(text, 80)
    assert len(once) <= 80
    assert clean(once, 80) == once
    assert once == " ".join(once.split())


@given(HOSTILE_URL)
def test_a_safe_link_is_plain_http(url: str) -> None:
    safe = safe_link(url)
    if safe is not None:
        link, host = safe
        assert re.fullmatch(r"https?://[!-~]+", link)
        assert '"' not in link
        assert host.isascii()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://press.example/a b", None),
        ("https://press.example\\@evil.example/", None),
        ("https://user:secret@press.example/", None),
        ("//press.example/", None),
        ("https:///path", None),
        ("https://" + "a" * 70 + ".example/", None),
        ("https://press.example/" + "a" * 3000, None),
        ("https://press.example/ई", ("https://press.example/%E0%A4%88", "press.example")),
        ("https://аpple.example/", ("https://xn--pple-43d.example/", "xn--pple-43d.example")),
        ("https://press.example:8443/x?y=%20#z", ("https://press.example:8443/x?y=%20#z", "press.example")),
        ("HTTP://Press.Example/A?B", ("http://press.example/A?B", "press.example")),
        ("http://[::1]:80/", ("http://[::1]:80/", "::1")),
    ],
)
def test_links_are_checked(url: str, expected: tuple[str, str] | None) -> None:
    assert safe_link(url) == expected


def test_text_is_cut_between_words_where_there_are_words() -> None:
    assert shorten("one two three", 20) == "one two three"
    assert shorten("one two, three", 11) == "one two…"
    assert shorten("x" * 30, 10) == "x" * 9 + "…"


# ------------------------------------------------------------------ passages


def sentence_evidence(number: int, *parts: str, sentence: str = "word " * 20) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(field="body", start=number * 100, end=number * 100 + 4, part=part, sentence=sentence,
                 sentence_start=number * 100)
        for part in parts
    )  # fmt: skip


def test_passages_are_those_that_show_most_of_the_query_in_reading_order() -> None:
    evidence = [
        *sentence_evidence(0, "a", sentence="first"),
        *sentence_evidence(1, "a", sentence="second"),
        *sentence_evidence(2, "b", sentence="third"),
        *sentence_evidence(3, "a", "c", sentence="fourth"),
    ]
    passages, sentences = choose_passages(evidence, 3)
    assert sentences == 4
    assert ["".join(s.text for s in passage.segments) for passage in passages] == ["first", "third", "fourth"]


def test_marks_that_overlap_are_joined_and_marks_outside_the_sentence_fall_away() -> None:
    sentence = "gst relief now"
    spots = [(0, 3), (0, 10), (4, 10), (200, 210)]
    evidence = [
        Evidence(field="body", start=start, end=end, part="x", sentence=sentence, sentence_start=0)
        for start, end in spots
    ]
    ((passage,), _) = choose_passages(evidence, 3)
    assert [(segment.text, segment.marked) for segment in passage.segments] == [("gst relief", True), (" now", False)]


def test_an_overlong_sentence_is_shown_around_its_first_match() -> None:
    sentence = "a" * 500 + " gst " + "b" * 500
    evidence = [Evidence(field="body", start=501, end=504, part="gst", sentence=sentence, sentence_start=0)]
    ((passage,), _) = choose_passages(evidence, 1)
    assert passage.cut_before
    assert passage.cut_after
    assert [segment.text for segment in passage.segments if segment.marked] == ["gst"]
    assert sum(len(segment.text) for segment in passage.segments) <= 300


def test_words_of_the_title_are_listed_once() -> None:
    title = "GST and gst"
    evidence = [
        Evidence(field="title", start=start, end=start + 3, part="gst", sentence=title, sentence_start=0)
        for start in (0, 8)
    ]
    assert len(title_words(evidence)) == 1
    assert title_words(()) == ()


# ------------------------------------------------------------------ the sender


def test_a_sender_is_read_with_or_without_a_name() -> None:
    assert parse_sender("Newsdesk <news@paper.example>") == Sender(
        address="news@paper.example", name="Newsdesk", domain="paper.example"
    )
    assert parse_sender(' "The Desk" <news@Paper.example>').name == "The Desk"
    assert parse_sender("news@paper.example").name == "Newsdesk"


@pytest.mark.parametrize(
    "text", ["", "news", "news@", "Newsdesk <>", "a b@paper.example", "x@y\r\nBcc: z@y", "é@paper.example"]
)
def test_a_wrong_sender_is_named(text: str) -> None:
    with pytest.raises(NewsdeskError, match=r"write Name <address@example\.org>"):
        parse_sender(text)
