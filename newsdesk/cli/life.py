"""The life of an article, for people."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from rich.console import Console
from rich.text import Text

from newsdesk.ledger.articles import TagAlert, TagEnd
from newsdesk.ledger.history import AlertLife, EntryLife, Life, Stamps, TagLife
from newsdesk.model import Article, Evidence, Reason, Watchlist
from newsdesk.tagging import document_of, explain_miss

_ENDED: Mapping[str, str] = {
    TagEnd.ARTICLE_CHANGED: " by a new version of the article",
    TagEnd.TOPIC_CHANGED: " by a change of the topic",
    TagEnd.TOPIC_REMOVED: " since the topic was removed",
}
_REASONS = 3  # told of each topic that an article does not carry
_PART = 80  # characters of a part of a query: enough to know it again


def print_life(life: Life, watchlist: Watchlist, console: Console) -> None:
    """Print one heading for each step of the line, and below it what happened there."""
    for entry in life.entries:
        _entry(entry, console)
    if life.article is None or life.stamps is None:
        return
    _article(life.article, life.stamps, life, console)
    _tags(life, console=console, watchlist=watchlist)
    _misses(life.article, life, watchlist=watchlist, console=console)
    _step(console, "index", _when(life.stamps.indexed_at) or "not yet")
    _alerts(life, console)


def _step(console: Console, name: str, text: str) -> None:
    console.print(Text.assemble((f"{name:>8}  ", "bold cyan"), text))


def _detail(console: Console, text: str | Text) -> None:
    console.print(Text.assemble(" " * 10, text if isinstance(text, Text) else Text(text, "dim")))


def _when(instant: datetime | None) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC" if instant else ""


def _entry(entry: EntryLife, console: Console) -> None:
    _step(console, "feed", f"{entry.feed}: {entry.title}")
    _detail(console, f"{entry.feed_url}  guid {entry.identity}")
    published = f"{_when(entry.published)} by {entry.published_source}" if entry.published else "without a date"
    edits = f", edited {entry.version - 1} times" if entry.version > 1 else ""
    _detail(console, f"first seen {_when(entry.first_seen_at)}, published {published}{edits}")
    ending = " ".join(filter(None, (entry.outcome or "waits", entry.reason)))
    kept = f"archived as {entry.page_key}" if entry.page_key else "no copy kept"
    fetched = f"fetched {_when(entry.fetched_at)}, {kept}" if entry.fetched_at else "not fetched"
    _step(console, "collect", f"{ending}: {fetched}")
    if entry.reason:
        _detail(console, Reason(entry.reason).meaning)
    if entry.detail:
        _detail(console, entry.detail)
    if entry.outcome == "retry" and entry.due_at:
        _detail(console, f"attempt {entry.attempts}; the next is due {_when(entry.due_at)}")


def _article(article: Article, stamps: Stamps, life: Life, console: Console) -> None:
    _step(console, "article", article.title)
    about = [article.url, f"{len(article.text)} characters", article.language or "language unknown", article.kind]
    _detail(console, "  ".join(about))
    _detail(console, f"by {', '.join(article.authors) or 'nobody named'}; from {', '.join(article.sources)}")
    published = f"{_when(article.published)} ({article.published_source})" if article.published else "unknown"
    _detail(console, f"published {published}; recorded {_when(article.recorded_at)}")
    fields = ", ".join(f"{name} {pair[0]} {pair[1]:.2f}" for name, pair in sorted(stamps.provenance.items()))
    _detail(console, f"where from: {fields}")
    for remark in _remarks(stamps):
        _detail(console, remark)
    for version in life.versions if len(life.versions) > 1 else ():
        text = (
            f"version {version.version}: {version.title}, {version.characters} characters, {_when(version.recorded_at)}"
        )
        _detail(console, text)


def _remarks(stamps: Stamps) -> Iterator[str]:
    """What a person should know of how the page was read."""
    reading = stamps.reading
    if stamps.signals:
        policy = f", policy {reading.tdm_policy}" if reading.tdm_policy else ""
        yield f"the publisher says {', '.join(stamps.signals)}{policy}"
    if reading.agreement is not None:
        yield f"the engines agree on {reading.agreement:.0%} of the text"
    if reading.mojibake:
        yield f"{reading.mojibake:.1%} of the text was made by a wrong charset"
    yield from (f"not believed: {dropped}" for dropped in reading.dropped_dates)
    yield from (f"selector of `sites` without effect: {missed}" for missed in reading.missed_selectors)


def _tags(life: Life, *, watchlist: Watchlist, console: Console) -> None:
    if life.stamps and not life.stamps.tagged_at:
        _step(console, "tag", "not yet")
    for tag in life.tags:
        declared = watchlist.topic(tag.topic)
        ended = f", ended {_when(tag.ended_at)}{_ENDED.get(tag.ended_why or '', '')}" if tag.ended_at else ""
        title = declared.title if declared else tag.topic
        _step(console, "tag", f"{title} (version {tag.topic_version}), {_when(tag.tagged_at)}{ended}")
        if tag.ended_at is None:
            _evidence(tag, console)
            if tag.alert == TagAlert.MUTED:
                _detail(console, "it came by re-tagging, which raises no alert")


def _misses(article: Article, life: Life, *, watchlist: Watchlist, console: Console) -> None:
    """Why the other topics of the watchlist are not on the article."""
    if life.stamps is None or life.stamps.tagged_at is None:
        return
    document = document_of(article)
    carried = {tag.topic for tag in life.tags if tag.ended_at is None}
    for topic in watchlist.topics:
        if topic.id not in carried:
            reasons = [f"{_short(missed.part)}: {missed.reason}" for missed in explain_miss(topic, document)]
            why = "; ".join(reasons[:_REASONS]) or "its query matches now: the watchlist changed after the tagging"
            _step(console, "no tag", f"{topic.title}")
            _detail(console, why)


def _short(part: str) -> str:
    return part if len(part) <= _PART else part[: _PART - 1] + "…"


def _evidence(tag: TagLife, console: Console) -> None:
    seen: set[tuple[str, int]] = set()
    for found in tag.evidence:
        place = (found.field, found.sentence_start)
        if place not in seen:
            seen.add(place)
            _detail(console, Text.assemble(marked(found, tag.evidence), (f"  ← {_words(found, tag)}", "dim")))


def _words(found: Evidence, tag: TagLife) -> str:
    """What matched in the sentence of `found`: colours alone would say nothing on a pipe."""
    places = {
        (other.start - found.sentence_start, other.end - found.sentence_start)
        for other in tag.evidence
        if (other.field, other.sentence_start) == (found.field, found.sentence_start)
    }
    return ", ".join(" ".join(found.sentence[start:end].split()) for start, end in sorted(places))


def marked(found: Evidence, evidence: tuple[Evidence, ...]) -> Text:
    """The sentence of `found` with all words in it that matched."""
    text = Text(found.sentence.replace("\n", " "))  # the same length, so offsets hold
    for other in evidence:
        start, end = other.start - found.sentence_start, other.end - found.sentence_start
        if other.field == found.field and start >= 0 and end <= len(found.sentence):
            text.stylize("black on yellow", start, end)
    return Text.assemble((f"{found.field}: ", "dim"), text)


def _alerts(life: Life, console: Console) -> None:
    if not life.alerts:
        _step(console, "alert", _why_none(life))
    for alert in life.alerts:
        _step(console, "alert", f"rule {alert.rule}: {', '.join(alert.topics)}, {_when(alert.created_at)}")
        _mails(alert, console)


def _why_none(life: Life) -> str:
    if life.stamps is None or life.stamps.alerted_at is None:
        return "not yet"
    muted = any(tag.alert == TagAlert.MUTED for tag in life.tags if tag.ended_at is None)
    return "none: the rules were not asked for tags that came by re-tagging" if muted else "no rule asks for it"


def _mails(alert: AlertLife, console: Console) -> None:
    for mail in alert.mails:
        sent = (
            f"sent {_when(mail.sent_at)}" if mail.sent_at else f"not sent: {mail.reason or 'waits'} {mail.detail or ''}"
        )
        _step(console, "mail", f"to {mail.reader} <{mail.recipient}> by {mail.channel}: {sent}")
        _detail(console, f"{mail.subject}  {mail.message_id}")
