"""The summary at the end of the demonstration: what came in, what came of it, what it proves, and what to try next."""

import email
import email.policy
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console, Group, RenderableType
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
_STATUS_MOVED = "moved for good"


def print_summary(services: Services, console: Console, *, seconds: float, home: str) -> None:
    """Print all sections; reads ledger, index and spool, changes nothing."""
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
    for column in columns:
        table.add_column(column, header_style="dim", overflow="fold")
    return table


def _feeds(lines: Sequence[FeedLine]) -> RenderableType:
    table = _table("Feeds polled", "source", "first poll", "second poll", "entries")
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
    table = _table("What came of the entries", "", "outcome", "")
    for ending in seen.entries:
        if ending.outcome == "done":
            meaning = (ending.reason or "an article of its own").replace("-", " ")
            table.add_row(str(ending.count), Text("done", "green"), meaning)
        elif ending.outcome != "dropped":
            table.add_row(str(ending.count), Text(str(ending.outcome), "yellow"), ending.reason or "")
    for drop in dropped:
        what = Text.assemble((drop.reason, "yellow"), f"  {drop.title} ", (f"({drop.source})", "dim"))
        table.add_row("1", Text("dropped", "yellow"), what)
    return table


def _topics(services: Services, seen: Overview, examples: dict[str, list[Article]]) -> RenderableType:
    parts: list[RenderableType] = [Text("Topics, and the words that prove them", "bold")]
    for topic, number in seen.topics:
        declared = services.watchlist.topic(topic)
        parts.append(Text.assemble((declared.title if declared else topic, "bold cyan"), f": {number} articles"))
        article = _telling(examples[topic])
        if article is not None:
            parts.append(_proof(article, topic))
    return Group(*parts)


def _telling(found: Sequence[Article]) -> Article | None:
    """The article that carries most topics says most about all of them."""
    return max(found, key=lambda article: len(article.tags), default=None)


def _proof(article: Article, topic: str) -> RenderableType:
    lines = [Text.assemble("  ", (article.title, "italic"), (f"  {article.source}", "dim"))]
    evidence = next(tag.evidence for tag in article.tags if tag.topic == topic)
    shown: set[tuple[str, int]] = set()
    for found in evidence:
        key = (found.field, found.sentence_start)
        if key not in shown and len(shown) < 3:  # noqa: PLR2004 - three sentences convince
            shown.add(key)
            lines.append(Text.assemble("    ", marked(found, evidence)))
    return Group(*lines)


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
    title = f"To: {message['To']}   Subject: {message['Subject']}"
    return Group(head, Panel(text, title=Text(title), title_align="left", border_style="dim"))


def _near(place: str) -> str:
    """The path as one would type it here."""
    path = Path(place)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else place


def _next(home: str, examples: dict[str, list[Article]]) -> RenderableType:
    command = f".venv/bin/newsdesk --home {home}" if home else ".venv/bin/newsdesk"
    table = _table("What to try next", "", "")
    article = next((_telling(found) for found in examples.values() if found), None)
    table.add_row(Text(f"{command} search 'traders NEAR/5 protest'", "cyan"), "search what was collected")
    if article is not None:
        table.add_row(Text(f"{command} explain {article.url}", "cyan"), "the whole life of an article")
    table.add_row(Text(f"{command} status", "cyan"), "what waits, what failed")
    table.add_row(Text("make up", "cyan"), "the same, live, with Airflow's pages in the browser")
    table.add_row(Text("make up WATCHLIST=mine.yaml", "cyan"), "with your own feeds, topics and readers")
    return table
