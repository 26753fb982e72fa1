"""Foreign text and foreign links in a mail: shown, cleaned, cut, and never obeyed."""

import os
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from newsdesk.messages import render
from newsdesk.messages.clean import clean, safe_link, shorten
from newsdesk.model import Evidence, Reader, Rule, Tag, Topic
from newsdesk.query import parse
from tests.core.sample_mails import (
    ATTRIBUTES_WE_WRITE,
    INTENDED_HEADERS,
    NOW,
    SENDER,
    TAGS_WE_WRITE,
    article,
    body,
    notification,
    read,
)

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
