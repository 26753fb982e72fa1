"""What a mail shows: a notification laid out for the templates, all foreign text cleaned and cut."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from newsdesk.messages.clean import clean, safe_link
from newsdesk.messages.passages import Passage, choose_passages, title_words
from newsdesk.messages.times import show_delay, show_times
from newsdesk.model import FEED_SUMMARY, Alert, Notification, Reader, Rule, Tag, Topic

PASSAGES = 3  # per topic, where there is room
TITLE_LENGTH = 300
SUMMARY_LENGTH = 160  # two lines of a wide window
_NAME_LENGTH = 120
_AUTHORS = 4
_SOURCES = 5

# ISO 639 codes of languages written from right to left
_RIGHT_TO_LEFT = frozenset(("ar", "arc", "ckb", "dv", "fa", "he", "ks", "ps", "sd", "ug", "ur", "yi"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of a notification is shown."""

    articles: int
    topics: int  # per article
    passages: int  # per topic


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicView:
    """A topic of an article, with the sentences that prove it."""

    title: str
    in_title: tuple[str, ...]  # the words of the title that matched
    passages: tuple[Passage, ...]
    sentences: int  # of the text, all that matched, shown or not


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleView:
    """An article as the mail shows it."""

    title: str
    link: str  # "" where there is none that is safe
    host: str
    source: str
    also_at: str
    authors: str
    times: str
    summary: str
    is_summary: bool  # the feed's own words: the page could not be read
    is_quiet: bool  # the publisher wants no extracts shown
    language: str  # "" where unknown
    direction: str  # value of the HTML attribute dir
    topics: tuple[TopicView, ...]
    topics_left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MailView:
    """A mail as the templates see it."""

    rule: str
    rule_id: str
    reader: str
    address: str
    watched: str  # the topics that the rule asks for
    articles: tuple[ArticleView, ...]
    articles_left_out: int
    is_cut: bool  # something was left out so that the mail stays small
    delay: str


def lay_out(
    notification: Notification,
    *,
    reader: Reader,
    rule: Rule,
    topics: Mapping[str, Topic],
    now: datetime,
    limits: Limits,
) -> MailView:
    """The mail's content, with no more than `limits` allow."""
    alerts = notification.alerts[: limits.articles]
    return MailView(
        rule=clean(rule.title, _NAME_LENGTH),
        rule_id=rule.id,
        reader=clean(reader.name, _NAME_LENGTH),
        address=reader.address,
        watched=", ".join(topic_title(topic, topics) for topic in rule.topics[:20]),
        articles=tuple(_article(alert, reader, topics, limits) for alert in alerts),
        articles_left_out=len(notification.alerts) - len(alerts),
        is_cut=limits.passages < PASSAGES or len(alerts) < len(notification.alerts),
        delay=show_delay(notification.created_at, now, reader.zone),
    )


def topic_title(topic_id: str, topics: Mapping[str, Topic]) -> str:
    """The topic's title; its id where the watchlist no longer has it."""
    topic = topics.get(topic_id)
    return clean(topic.title if topic else topic_id, _NAME_LENGTH)


def article_title(title: str, limit: int = TITLE_LENGTH) -> str:
    """The title, cleaned; never empty."""
    return clean(title, limit) or "(no title)"


def _article(alert: Alert, reader: Reader, topics: Mapping[str, Topic], limits: Limits) -> ArticleView:
    article = alert.article
    link, host = safe_link(article.url) or ("", "")
    is_quiet = "nosnippet" in article.signals
    others = [source for source in article.sources if source != article.source]
    language = clean(article.language or "", 20)
    return ArticleView(
        title=article_title(article.title),
        link=link,
        host=host,
        source=clean(article.source, _NAME_LENGTH) or "(no source)",
        also_at=_names(others, _SOURCES),
        authors=_names(article.authors, _AUTHORS),
        times=show_times(article, reader.zone),
        summary="" if is_quiet else clean(article.summary[:2000] or article.text[:2000], SUMMARY_LENGTH),
        is_summary=article.kind == FEED_SUMMARY,
        is_quiet=is_quiet,
        language=language,
        direction=("rtl" if language.split("-")[0] in _RIGHT_TO_LEFT else "ltr") if language else "auto",
        topics=tuple(_topic(tag, topics, 0 if is_quiet else limits.passages) for tag in alert.tags[: limits.topics]),
        topics_left_out=max(0, len(alert.tags) - limits.topics),
    )


def _topic(tag: Tag, topics: Mapping[str, Topic], limit: int) -> TopicView:
    passages, sentences = choose_passages(tag.evidence, limit)
    return TopicView(
        title=topic_title(tag.topic, topics),
        in_title=title_words(tag.evidence),
        passages=passages,
        sentences=sentences,
    )


def _names(names: tuple[str, ...] | list[str], limit: int) -> str:
    shown = [name for name in (clean(name, _NAME_LENGTH) for name in names[:limit]) if name]
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return ", ".join(shown) + more
