"""What a mail says, and how: subject, headers, both bodies, times, and what is left out of a huge one."""

import re
from datetime import datetime, timedelta

import pytest
from lxml import html as lxml_html

from newsdesk.messages import Message, Sender, render
from newsdesk.messages.times import show_instant
from newsdesk.model import Evidence, Reader, Tag
from tests.core.sample_mails import (
    ATTRIBUTES_WE_WRITE,
    FIRST,
    INTENDED_HEADERS,
    NOW,
    READER,
    RULE,
    SECOND,
    TAGS_WE_WRITE,
    TITLE,
    TOPICS,
    article,
    body,
    make,
    notification,
    parsed,
    read,
)


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
