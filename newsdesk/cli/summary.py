"""The summary at the end of the demonstration: what came in, what came of it, what it proves, and what to try next."""

import email
import email.policy
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from newsdesk.cli.life import marked
from newsdesk.index import Hit
from newsdesk.ledger import lists, overview
from newsdesk.ledger.overview import Drop, FeedLine, Overview, PollLine
from newsdesk.model import Article
from newsdesk.query import parse
from newsdesk.services import Services

SAMPLE_QUERY = '"e-commerce" NEAR/12 (rule* OR policy OR draft OR ministry)'
_WIDEST = 112  # columns: longer lines are hard to read
_WORDS, _SENTENCES = 6, 2  # shown for an article: enough to be convinced


def print_summary(services: Services, *, seconds: float, home: str, console: Console | None = None) -> None:
    """Print all sections; reads ledger and index, changes nothing."""
    console = console or Console(highlight=False)
    console.width = min(console.width, _WIDEST) if console.is_terminal else _WIDEST
    with services.ledger.read() as connection:
        seen = overview.overview(connection)
        dropped = overview.drops(connection)
        examples = {topic: lists.articles_with_topic(connection, topic, limit=50) for topic, _ in seen.topics}
        mails = lists.mails(connection, limit=1)
        first_mail = lists.mail_bytes(connection, mails[0].id) if mails else None
    console.print()
    console.print(_headline(seen, seconds))
    for section in (
        _feeds(seen.feeds),
        _outcomes(seen, dropped),
        _topics(services, seen, examples),
        _search(services),
        _mails(services, seen, first_mail),
        _next(home, examples),
    ):
        console.print()
        console.print(section)


def _headline(seen: Overview, seconds: float) -> RenderableType:
    text = Text.assemble(
        ("From feed to mail in ", "bold"),
        (f"{seconds:.0f} s", "bold green"),
        (": ", "bold"),
        f"{len(seen.feeds)} feeds, {sum(ending.count for ending in seen.entries)} entries, "
        f"{seen.article_count} articles, {sum(number for _, number in seen.topics)} tags, "
        f"{seen.alert_count} alerts, {seen.mail_count} mails",
    )
    return Panel(text, border_style="green", expand=False)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns[:-1]:
        table.add_column(column, header_style="dim", no_wrap=True, min_width=max(2, len(column)))
    table.add_column(columns[-1], header_style="dim", overflow="ellipsis", no_wrap=True)
    return table


def _feeds(lines: Sequence[FeedLine]) -> RenderableType:
    table = _table("Feeds polled", "source", "first poll", "second poll", "entries in all")
    for line in lines:
        polls: list[Text] = [_poll(poll) for poll in line.last_polls]
        table.add_row(line.name, *[*polls, Text(), Text()][:2], str(line.entries))
    return table


def _poll(poll: PollLine) -> Text:
    if poll.outcome != "done":
        return Text(f"{poll.reason}" + (f" ({poll.status})" if poll.status else ""), "red")
    if poll.reason:
        return Text(poll.reason.replace("-", " "), "dim")
    changed = f", {poll.entries_changed} changed" if poll.entries_changed else ""
    damaged = ", damaged but read" if poll.detail else ""
    return Text(f"{poll.entries_new} new{changed}{damaged}", "yellow" if damaged else "green")


def _outcomes(seen: Overview, dropped: Sequence[Drop]) -> RenderableType:
    lines: list[RenderableType] = [Text("What came of the entries", "bold")]
    for ending in seen.entries:
        reason = (ending.reason or "").replace("-", " ")
        if ending.outcome == "done":
            lines.append(_ending(ending.count, "done", "green", reason or "an article of its own, or its next version"))
        elif ending.outcome == "dropped":
            lines.append(_ending(ending.count, "dropped", "yellow", reason))
            same = [drop for drop in dropped if drop.reason == ending.reason]
            lines += [Padding(Text.assemble(drop.title, (f"  {drop.source}", "dim")), (0, 0, 0, 15)) for drop in same]
        else:
            lines.append(_ending(ending.count, str(ending.outcome or "waiting"), "red", reason))
    return Group(*lines)


def _ending(count: int, outcome: str, style: str, reason: str) -> Text:
    return Text.assemble((f"{count:4}  ", "bold"), (f"{outcome:9}", style), reason)


def _topics(services: Services, seen: Overview, examples: dict[str, list[Article]]) -> RenderableType:
    parts: list[RenderableType] = [Text("Topics, and the words that prove them", "bold")]
    shown: set[str] = set()
    for topic, number in seen.topics:
        declared = services.watchlist.topic(topic)
        parts.append(Text.assemble("  ", (declared.title if declared else topic, "bold cyan"), f": {number} articles"))
        article = _telling([article for article in examples[topic] if article.id not in shown])
        if article is not None:
            shown.add(article.id)
            parts += _proof(article, topic)
    return Group(*parts)


def _telling(found: Sequence[Article]) -> Article | None:
    """The article with most topics, and of those the one with most evidence, says most."""
    return max(found, key=lambda one: (len(one.tags), sum(len(tag.evidence) for tag in one.tags)), default=None)


def _proof(article: Article, topic: str) -> list[RenderableType]:
    evidence = next(tag.evidence for tag in article.tags if tag.topic == topic)
    words = dict.fromkeys(
        " ".join((article.title if found.field == "title" else article.text)[found.start : found.end].split())
        for found in evidence
    )
    lines = [
        Text.assemble((article.title, "italic"), (f"  {article.source}", "dim")),
        Text.assemble(("words: ", "dim"), " · ".join(list(words)[:_WORDS])),
    ]
    shown: set[tuple[str, int]] = set()
    for found in evidence:
        key = (found.field, found.sentence_start)
        if key not in shown and len(shown) < _SENTENCES:
            shown.add(key)
            lines.append(marked(found, evidence))
    return [Padding(line, (0, 0, 0, 4)) for line in lines]


def _search(services: Services) -> RenderableType:
    stats = services.index.stats()
    page = services.index.search(parse(SAMPLE_QUERY), limit=4)
    parts: list[RenderableType] = [
        Text.assemble(
            ("Search index", "bold"),
            f": {stats.documents} articles, {stats.words} different words, {stats.bytes / 1e6:.1f} MB",
        ),
        Text.assemble("  ", (SAMPLE_QUERY, "cyan"), f"  finds {page.total}"),
    ]
    parts += [_hit(hit) for hit in page.hits]
    return Group(*parts)


def _hit(hit: Hit) -> Text:
    title = Text(hit.title)
    for mark in hit.title_highlights:
        title.stylize("bold black on yellow", mark.start, mark.end)
    return Text.assemble("    ", title, (f"  {hit.source}", "dim"))


def _mails(services: Services, seen: Overview, first: bytes | None) -> RenderableType:
    place = services.settings.mail_address.removeprefix("spool:")
    head = Text.assemble(
        ("Alerts and mails", "bold"), f": {seen.alert_count} alerts, {seen.mail_count} mails, all in {_near(place)}"
    )
    if first is None:
        return head
    message = email.message_from_bytes(first, policy=email.policy.default)
    body = message.get_body(("plain",))
    text = Text(str(body.get_content()).strip() if body else "")
    headers = [Text.assemble((f"{name}: ", "dim"), str(message[name])) for name in ("From", "To", "Subject", "Date")]
    return Group(
        head, Panel(Group(*headers, Text(), text), title="the first mail", title_align="left", border_style="dim")
    )


def _near(place: str) -> str:
    """The path as one would type it here."""
    path = Path(place)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else place


def _next(home: str, examples: dict[str, list[Article]]) -> RenderableType:
    command = f".venv/bin/newsdesk --home {home}" if home else ".venv/bin/newsdesk"
    article = next((_telling(found) for found in examples.values() if found), None)
    tries = [
        ("search what was collected", f"{command} search 'traders NEAR/12 (protest* OR strike)'"),
        ("the whole life of an article", f"{command} explain {article.url if article else 'URL'}"),
        ("what waits, what failed", f"{command} status"),
        ("the same live, with Airflow's pages in the browser", "make up"),
        ("with your own feeds, topics and readers", "make up WATCHLIST=mine.yaml"),
    ]
    lines = [Text.assemble("  ", (what, "dim"), "\n    ", (how, "cyan")) for what, how in tries]
    return Group(Text("What to try next", "bold"), *lines)
