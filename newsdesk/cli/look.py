"""Commands that show what is there: search, explain, status, topics, alerts, feeds."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from newsdesk import pipeline
from newsdesk.cli.frame import HomeOption, JsonOption, WatchlistOption, fail, out, print_json, services_for
from newsdesk.cli.life import print_life
from newsdesk.cli.state import Health, judge
from newsdesk.index import FacetField, Filters, Hit, Sort
from newsdesk.ledger import history, lists
from newsdesk.ledger.overview import overview
from newsdesk.model import Article
from newsdesk.query import parse

looks = typer.Typer()

ALL_FACETS = (FacetField.TOPIC, FacetField.SOURCE, FacetField.LANGUAGE, FacetField.DAY)


@looks.command(rich_help_panel="Look")
def search(  # noqa: PLR0913 - each is an option of the command
    query: Annotated[str, typer.Argument(help="In the query language.")],
    *,
    sort: Annotated[Sort, typer.Option(help="Order of the hits.")] = Sort.NEWEST,
    limit: Annotated[int, typer.Option(help="Hits on a page.", min=1, max=1000)] = 10,
    after: Annotated[str | None, typer.Option(help="The mark at the end of the page before.")] = None,
    source: Annotated[list[str] | None, typer.Option(help="Only this source; may be repeated.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="Only this topic; may be repeated.")] = None,
    language: Annotated[list[str] | None, typer.Option(help="Only this language; may be repeated.")] = None,
    facets: Annotated[bool, typer.Option("--facets", help="Also count by topic, source, language and day.")] = False,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    r"""Search what was collected.

    \b
    newsdesk search 'e-commerce AND (rules OR policy)'
    newsdesk search 'traders NEAR/5 protest*' --sort relevance
    newsdesk search 'title:amazon published:>=now-7d' --facets
    """
    with services_for(home, watchlist) as services:
        tree = parse(query, now=services.clock())
        filters = Filters(sources=tuple(source or ()), topics=tuple(topic or ()), languages=tuple(language or ()))
        page = services.index.search(tree, sort=sort, limit=limit, after=after, filters=filters)
        counted = services.index.facets(tree, ALL_FACETS, filters=filters, limit=10) if facets else ()
    if as_json:
        print_json({"page": page, "facets": counted})
        return
    for hit in page.hits:
        _print_hit(hit)
    for facet in counted:
        values = ", ".join(f"{count.value or 'unknown'} {count.count}" for count in facet.counts)
        out.print(Text.assemble((f"{facet.field.value}: ", "bold"), values))
    total = f"{page.total}" if page.total_is_exact else f"at least {page.total}"
    out.print(Text(f"{total} articles" + (f"; next page: --after {page.next}" if page.next else ""), "dim"))


def _print_hit(hit: Hit) -> None:
    title = Text(hit.title, "bold")
    for mark in hit.title_highlights:
        title.stylize("black on yellow", mark.start, mark.end)
    when = (hit.published or hit.first_seen).strftime("%Y-%m-%d %H:%M")
    about = Text("  ".join([hit.source, when, *hit.topics]), "dim")
    snippet = Text(hit.snippet)
    for mark in hit.snippet_highlights:
        snippet.stylize("black on yellow", mark.start, mark.end)
    for line in (title, about, snippet, Text(hit.url, "cyan"), Text()):
        out.print(line)


@looks.command(rich_help_panel="Look")
def explain(
    url: Annotated[str, typer.Argument(help="Address of an article or of an entry's link, or an id.")],
    *,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    r"""Tell the whole life of an article: feed, fetch, extraction, tags with evidence, index, alerts, mails.

    \b
    newsdesk explain http://gujarat-ledger.localhost:8700/…
    """
    with services_for(home, watchlist) as services:
        with services.ledger.read() as connection:
            life = history.life(connection, url)
        if life is None:
            fail(f"nothing is known of {url}; `newsdesk search` shows the addresses of articles")
        if as_json:
            print_json(life)
        else:
            print_life(life, services.watchlist, out)


@looks.command(rich_help_panel="Look")
def status(home: HomeOption = None, watchlist: WatchlistOption = None, *, as_json: JsonOption = False) -> None:
    r"""Tell what waits, what failed and what needs a person. Exit code: 0 all is well, 1 look at it, 2 it is broken.

    \b
    newsdesk status
    newsdesk status --json || echo 'something is wrong'
    """
    with services_for(home, watchlist) as services:
        with services.ledger.read() as connection:
            seen = overview(connection)
        waiting = pipeline.waiting(services)
        health = judge(seen, waiting, services.clock(), stale=timedelta(minutes=30))
    if as_json:
        print_json({"health": health, "waiting": waiting, "overview": seen})
    else:
        _print_status(health)
    raise typer.Exit(health.code)


def _print_status(health: Health) -> None:
    styles = ("green", "yellow", "red")
    for line in health.lines:
        out.print(Text.assemble((f"{line.word:6}", styles[line.code]), line.text))


@looks.command(rich_help_panel="Look")
def topics(
    name: Annotated[str | None, typer.Argument(help="One topic: its newest articles.")] = None,
    *,
    limit: Annotated[int, typer.Option(help="Articles shown.", min=1)] = 10,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    r"""List the topics with the number of their articles, or the newest articles of one topic.

    \b
    newsdesk topics
    newsdesk topics trader-protests
    """
    with services_for(home, watchlist) as services, services.ledger.read() as connection:
        declared = {topic.id: topic for topic in services.watchlist.topics}
        if name is not None and name not in declared:
            fail(f"there is no topic {name}; the watchlist has {', '.join(declared)}")
        if name is None:
            counts = dict(overview(connection).topics)
            rows = [(topic.id, topic.title, counts.get(topic.id, 0)) for topic in declared.values()]
        else:
            found = lists.articles_with_topic(connection, name, limit=limit)
    if name is None:
        if as_json:
            print_json([{"id": key, "title": title, "articles": number} for key, title, number in rows])
            return
        _print_table(("topic", "title", "articles"), [(key, title, str(number)) for key, title, number in rows])
    elif as_json:
        print_json(found)
    else:
        words = [", ".join(dict.fromkeys(_words(article, name))) for article in found]
        _print_table(
            ("article", "source", "words"),
            [(article.title, article.source, text) for article, text in zip(found, words, strict=True)],
        )


def _words(article: Article, topic: str) -> Iterator[str]:
    for tag in article.tags:
        if tag.topic == topic:
            for found in tag.evidence:
                text = article.title if found.field == "title" else article.text
                yield text[found.start : found.end]


@looks.command(rich_help_panel="Look")
def alerts(
    *,
    limit: Annotated[int, typer.Option(help="Alerts shown.", min=1)] = 20,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    r"""List the newest alerts, with their readers and whether the mails went out.

    \b
    newsdesk alerts --limit 5
    """
    with services_for(home, watchlist) as services, services.ledger.read() as connection:
        found = lists.newest_alerts(connection, limit=limit)
    if as_json:
        print_json(found)
        return
    rows = [
        (
            alert.created_at.strftime("%Y-%m-%d %H:%M"),
            alert.rule,
            f"{alert.title} ({alert.source})",
            f"{alert.sent} of {len(alert.readers)}",
        )
        for alert in found
    ]
    _print_table(("when", "rule", "article", "mails sent"), rows)


@looks.command(rich_help_panel="Look")
def feeds(home: HomeOption = None, watchlist: WatchlistOption = None, *, as_json: JsonOption = False) -> None:
    r"""List the feeds with their last poll and the next one.

    \b
    newsdesk feeds
    """
    with services_for(home, watchlist) as services, services.ledger.read() as connection:
        found = overview(connection).feeds
    if as_json:
        print_json(found)
        return
    rows = [
        (
            line.name,
            " ".join(filter(None, (line.outcome, line.reason))) or "never polled",
            str(line.entries),
            line.due_at.strftime("%H:%M:%S") if line.due_at else "",
            line.url,
        )
        for line in found
    ]
    _print_table(("source", "last poll", "entries", "next (UTC)", "address"), rows)


def _print_table(columns: tuple[str, ...], rows: Sequence[Sequence[str]]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in columns:
        table.add_column(column, header_style="dim", overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    out.print(table)
