"""The one way from a notification to the bytes of a mail.

Rendering is repeatable: no random boundary, no clock. So bytes that are written again after a crash are the same mail
with the same Message-ID, and whoever keeps both can see that they are one.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage

from newsdesk.errors import NewsdeskError
from newsdesk.messages.body import write_html, write_text
from newsdesk.messages.clean import clean, header_text, shorten
from newsdesk.messages.view import PASSAGES, Limits, article_title, lay_out, topic_title
from newsdesk.model import Notification, Reader, Rule, Topic

SIZE_LIMIT = 100_000  # bytes of a whole mail: large providers hide what is beyond about 100 KB
SUBJECT_LENGTH = 150

_CHANNEL = "mail"
_SUBJECT_TITLE = 70  # characters of the subject that the article's title keeps, however many topics there are
_SIZES = (
    Limits(articles=60, topics=12, passages=PASSAGES),
    Limits(articles=60, topics=12, passages=1),
    Limits(articles=40, topics=6, passages=1),
    Limits(articles=30, topics=6, passages=0),
    Limits(articles=12, topics=3, passages=0),
    Limits(articles=1, topics=3, passages=0),
)

_NARROW_HEADERS = ("from", "to", "subject")


class _MailPolicy(policy.EmailPolicy):
    """Machine-read headers stay on one line; those for people are folded.

    The standard library turns a long word, such as an identifier or URL, into encoded words when it folds, which no
    mail program reads back there. In text for people an encoded word may not be longer than 75 characters (RFC 2047,
    section 2), so there folding must be narrow.
    """

    def fold(self, name: str, value: str) -> str:
        """The header as it goes out."""
        folded: str = policy.SMTP.fold(name, value) if name.lower() in _NARROW_HEADERS else super().fold(name, value)
        return folded


# 7bit needs no 8BITMIME of any relay on the way; body lines longer than 990 bytes are encoded (RFC 5322: 998)
MAIL_POLICY = _MailPolicy(linesep="\r\n", max_line_length=990, cte_type="7bit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """From whom all mail comes. `domain` makes the Message-IDs and list names."""

    address: str
    name: str = "Newsdesk"
    domain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A mail, ready to be handed over: `sender` and `recipient` are the bare addresses of its envelope."""

    message_id: str  # with its angle brackets
    subject: str
    sender: str
    recipient: str
    data: bytes  # ASCII only, lines end in CRLF


def parse_sender(text: str) -> Sender:
    """The sender written as `Name <address>` or `address`. Raises NewsdeskError, naming the text."""
    try:
        name, _, rest = text.rpartition("<") if text.rstrip().endswith(">") else ("", "", text)
        address = Address(addr_spec=rest.strip().removesuffix(">"))
        address.addr_spec.encode("ascii")
    except (ValueError, IndexError, MessageError) as error:
        raise NewsdeskError(f"{text!r} is no sender of mail; write Name <address@example.org>") from error
    if not address.domain:
        raise NewsdeskError(f"{text!r} has no domain; write Name <address@example.org>")
    display = clean(name, 120).strip('" ')
    return Sender(address=address.addr_spec, name=display or "Newsdesk", domain=address.domain.lower())


def render(
    notification: Notification,
    *,
    reader: Reader,
    rule: Rule,
    topics: Mapping[str, Topic],
    sender: Sender,
    now: datetime,
) -> Message:
    """The mail of `notification`, at most SIZE_LIMIT bytes; what is left out for that is counted in the mail itself.

    `now` only decides whether the mail says that it is late. Topics that `topics` lacks are named by their id.
    """
    subject = _subject(notification, topics)
    message_id = identifier("", sender, reader.id, notification.key)
    data = b""
    for limits in _SIZES:
        view = lay_out(notification, reader=reader, rule=rule, topics=topics, now=now, limits=limits)
        mail = _headers(notification, rule=rule, reader=reader, sender=sender)
        for alert in notification.alerts[: limits.articles]:
            mail["X-Newsdesk-Alert"] = alert.id
        mail["Subject"] = header_text(subject)
        mail["Message-ID"] = message_id
        _thread(mail, notification, sender, reader.id)
        data = with_bodies(mail, write_text(view), write_html(view))
        if len(data) <= SIZE_LIMIT:
            break
    return Message(message_id=message_id, subject=subject, sender=sender.address, recipient=reader.address, data=data)


# ------------------------------------------------------------------ headers


def _subject(notification: Notification, topics: Mapping[str, Topic]) -> str:
    """What happened: `Topic, Topic: title (Source)`; of many articles, their number and topics."""
    named = dict.fromkeys(topic_title(tag.topic, topics) for alert in notification.alerts for tag in alert.tags)
    names = ", ".join(list(named)[:3]) + (f" +{len(named) - 3}" if len(named) > 3 else "")  # noqa: PLR2004 - three are read
    if len(notification.alerts) != 1:
        return shorten(f"{len(notification.alerts)} articles: {names}", SUBJECT_LENGTH)
    article = notification.alerts[0].article
    source = clean(article.source, 40)
    tail = f" ({source})" if source else ""
    names = shorten(names, SUBJECT_LENGTH - _SUBJECT_TITLE - len(tail) - 2)
    return f"{names}: {article_title(article.title, SUBJECT_LENGTH - len(names) - len(tail) - 2)}{tail}"


def _headers(notification: Notification, *, rule: Rule, reader: Reader, sender: Sender) -> EmailMessage:
    mail = EmailMessage(policy=MAIL_POLICY)
    mail["From"] = Address(display_name=header_text(clean(sender.name, 120)), addr_spec=sender.address)
    mail["To"] = Address(display_name=header_text(clean(reader.name, 120)), addr_spec=reader.address)
    mail["Date"] = notification.created_at
    mail["List-Id"] = f"<{rule.id}.newsdesk.{sender.domain}>"  # RFC 2919: mail programs sort by it
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notices, please
    mail["X-Newsdesk-Rule"] = rule.id
    return mail


def _thread(mail: EmailMessage, notification: Notification, sender: Sender, reader_id: str) -> None:
    """Mails to one reader on one article hang together below a root that is never sent."""
    if len(notification.alerts) == 1:
        root = identifier("story-", sender, reader_id, notification.alerts[0].article.id)
        mail["In-Reply-To"] = root
        mail["References"] = root


def identifier(prefix: str, sender: Sender, reader_id: str, key: str) -> str:
    """A Message-ID that says nothing and is always the same for the same (channel, reader, key)."""
    digest = hashlib.sha256(f"{_CHANNEL}|{reader_id}|{key}".encode()).digest()
    return f"<{prefix}{base64.b32encode(digest).decode().lower()[:32]}@{sender.domain}>"


# ------------------------------------------------------------------ body


def with_bodies(mail: EmailMessage, text: str, html: str) -> bytes:
    """The bytes of a mail whose headers stand, with both bodies."""
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    mail.set_boundary("=_" + hashlib.sha256(f"{mail['Message-ID']}\n{text}\n{html}".encode()).hexdigest()[:40])
    return mail.as_bytes()
