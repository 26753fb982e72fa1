"""The commands on topics: list them, and show the newest articles of one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer
from rich.text import Text

from newsdesk.cli.frame import (
    HomeOption,
    JsonOption,
    WatchlistOption,
    common,
    fail,
    is_piped,
    out,
    print_json,
    print_rows,
    print_table,
    readers_for,
)
from newsdesk.ledger import lists
from newsdesk.ledger.topics import TopicState, states
from newsdesk.model import Article, Stage, Topic, Watchlist

topics = typer.Typer(invoke_without_command=True)

TopicArgument = Annotated[str, typer.Argument(help="The topic's id.")]


@topics.callback()
def list_topics(
    context: typer.Context, *, home: HomeOption = None, watchlist: WatchlistOption = None, as_json: JsonOption = False
) -> None:
    """List the topics with the number of their articles, and the version that all stored articles follow.

    newsdesk topics
    newsdesk topics --json
    """
    if context.invoked_subcommand is not None:
        if as_json:
            raise typer.BadParameter(f"put --json behind `{context.invoked_subcommand}`")
        common.home, common.watchlist = home or common.home, watchlist or common.watchlist
        return
    with readers_for(home, watchlist) as services, services.ledger.read() as connection:
        stored = {state.id: state for state in states(connection)}
    lines = [_line(topic, stored.get(topic.id)) for topic in services.watchlist.topics]
    if as_json:
        print_json(lines)
    else:
        columns = ("topic", "title", "articles", "version", "re-tagged")
        print_table(columns, [(one.id, one.title, str(one.articles), one.version or "", _when(one)) for one in lines])


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLine:
    """A topic of the watchlist, and what the ledger knows of it."""

    id: str
    title: str
    articles: int
    version: str | None  # that all stored articles follow
    waits: bool  # they are yet to follow the watchlist's
    retagged_at: datetime | None


def _line(topic: Topic, state: TopicState | None) -> TopicLine:
    return TopicLine(
        id=topic.id,
        title=topic.title,
        articles=state.articles if state else 0,
        version=state.version if state else None,
        waits=state is None or state.version != topic.version or state.stage == Stage.RETAG,
        retagged_at=state.retagged_at if state else None,
    )


def _when(line: TopicLine) -> str:
    return "waits" if line.waits else f"{line.retagged_at:%Y-%m-%d %H:%M}" if line.retagged_at else ""


def known_topic(watchlist: Watchlist, name: str) -> Topic:
    """The topic of that id; where there is none, the command ends and names those that are."""
    return watchlist.topic(name) or fail(
        f"there is no topic {name}; the watchlist has {', '.join(topic.id for topic in watchlist.topics) or 'none'}"
    )


@topics.command()
def show(
    topic: TopicArgument,
    *,
    limit: Annotated[int, typer.Option(help="Articles shown.", min=1)] = 10,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the newest articles of a topic, with the words that matched.

    newsdesk topics show trader-protests --limit 3
    """
    with readers_for(home, watchlist) as services, services.ledger.read() as connection:
        known_topic(services.watchlist, topic)
        found = lists.articles_with_topic(connection, topic, limit=limit)
    if as_json:
        print_json(found)
    else:
        _print_articles(found, topic)


def _print_articles(found: Sequence[Article], topic: str) -> None:
    for article in found:
        when = f"{article.published or article.first_seen_at:%Y-%m-%d %H:%M}"
        words = ", ".join(dict.fromkeys(_words(article, topic)))
        if is_piped():
            print_rows([(when, article.source, article.title, words, article.url)])
            continue
        out.print(Text(article.title, "bold"))
        out.print(Text(f"{article.source}  {when}", "dim"))
        out.print(Text.assemble(("matched: ", "dim"), words))
        out.print(Text(article.url, "cyan"), end="\n\n")


def _words(article: Article, topic: str) -> Iterator[str]:
    for tag in article.tags:
        if tag.topic == topic:
            for found in tag.evidence:
                text = article.title if found.field == "title" else article.text
                yield " ".join(text[found.start : found.end].split())
