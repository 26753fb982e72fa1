"""The command `topics suggest`."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from newsdesk.backtest import Clock, Window
from newsdesk.cli.backtest import ByOption, SinceOption, heading, topic_on_trial, zone_of
from newsdesk.cli.frame import (
    HomeOption,
    JsonOption,
    WatchlistOption,
    err,
    is_piped,
    out,
    print_json,
    print_rows,
    readers_for,
)
from newsdesk.cli.period import beginning
from newsdesk.cli.topics import TopicArgument
from newsdesk.pipeline.suggest import Suggestion, Suggestions, suggest

_WIDEST = 112
_TERM = range(12, 27)  # characters of a term in the table
_FRAGMENT = 18  # and of what to write, where the terminal is narrow


suggestions = typer.Typer()


@suggestions.command("suggest")
def suggest_terms(  # noqa: PLR0913 - each is an option of the command
    topic: TopicArgument,
    *,
    since: SinceOption = "30d",
    by: ByOption = Clock.ARRIVAL,
    query: Annotated[str | None, typer.Option(help="Take this query instead of the topic's own.")] = None,
    limit: Annotated[int, typer.Option(help="Terms of each kind.", min=1, max=100)] = 8,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    """Suggest words for a topic's query: to be added, or excluded.

    To add are words that tell its articles from the others; to exclude, words that tell its doubtful articles from the
    sure ones. An article is doubtful if one sentence of its body is all that matched. The score counts standard
    deviations; from 1.96 on a difference is hardly chance. Try a word with `newsdesk topics test` before you keep it.

    newsdesk topics suggest e-commerce-policy
    newsdesk topics suggest trader-protests --since 12w --limit 20
    """
    with readers_for(home, watchlist) as services:
        now = services.clock()
        tried = topic_on_trial(services.watchlist, topic, query, now)
        zone = zone_of(services.watchlist, tried)
        window = Window(since=beginning(since, now, zone=zone), until=now, clock=by)
        with err.status("reading what is stored"):
            found = suggest(services, tried, window, limit=limit)
    if as_json:
        print_json(found)
    elif is_piped():
        print_rows(_rows(found))
    else:
        _print(found, zone)


def _print(found: Suggestions, zone: str) -> None:
    out.print(Text.assemble((found.title, "bold"), (f"  {found.topic}" if found.topic != found.title else "", "dim")))
    for line in heading(found.window, found.begins, zone):
        out.print(line)
    out.print(Text(f"{found.articles:,} of the topic, {found.others:,} others{_sampled(found)}", "dim"))
    sections = (
        ("To add: words of its articles that are rare in others", "in topic", "would bring", found.add),
        ("To add near the query's own words", "in topic", "would bring", found.near),
        (
            f"To exclude: words of its doubtful articles ({found.doubtful}) and not of the sure ones ({found.sure})",
            "doubtful",
            "sure",
            found.exclude,
        ),
    )
    for title, inside, elsewhere, terms in sections:
        out.print()
        out.print(Text(title, "bold"))
        if not terms:
            out.print(Text("  none: too few articles, or no word stands out", "dim"))
        width = min(out.width, _WIDEST)
        for part in _table((inside, elsewhere), terms, width):
            out.print(part, soft_wrap=False, width=width)


def _sampled(found: Suggestions) -> str:
    if (found.read, found.others_read) == (found.articles, found.others):
        return ""
    return f"; scores are of a sample of {found.read:,} and {found.others_read:,}"


def _table(heads: tuple[str, str], terms: Sequence[Suggestion], room: int) -> Iterator[Table | Padding | Text]:
    figures = (*map(len, heads), len("score"))
    widest = max(_TERM[0], min(_TERM[-1], room - sum(figures) - _FRAGMENT - 2 * (len(figures) + 1)))
    for number, term in enumerate(terms):
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(width=widest, no_wrap=True)
        for width in figures:
            table.add_column(width=width, justify="right", no_wrap=True)
        table.add_column(ratio=1, overflow="ellipsis", no_wrap=True)
        if number == 0:
            table.add_row(*(Text(head, "dim") for head in ("  term", *heads, "score", "to write")))
        numbers = (str(term.inside), str(term.elsewhere), f"{term.score:.1f}")
        table.add_row(Text(f"  {term.term}"), *numbers, Text(_short(term.fragment), "cyan"))
        yield table
        for example in term.examples:
            about = Text(f"{example.title}  {example.source}", "dim", no_wrap=True, overflow="ellipsis")
            yield Padding(about, (0, 0, 0, 4))


def _short(fragment: str) -> str:
    """Of a NEAR the end: what stands before it is in the query already."""
    _, near, rest = fragment.rpartition(" NEAR/")
    return f"… NEAR/{rest}" if near else fragment


def _rows(found: Suggestions) -> Iterator[tuple[object, ...]]:
    """Each row says first what it is for."""
    for kind, terms in (("add", found.add), ("near", found.near), ("exclude", found.exclude)):
        for term in terms:
            yield (kind, term.term, term.inside, term.elsewhere, f"{term.score:.2f}", term.fragment)
