"""One notification of an invented paper, the mail that is made of it, and the parts of that mail."""

import email
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage

from lxml import html as lxml_html

from newsdesk.messages import Message, Sender, render
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
