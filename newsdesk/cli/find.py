"""The command `search`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.text import Text

from newsdesk.backtest import Clock
from newsdesk.cli.advice import why_nothing
from newsdesk.cli.facet_bars import facet_bars
from newsdesk.cli.frame import (
    HomeOption,
    JsonOption,
    WatchlistOption,
    err,
    fail,
    is_piped,
    out,
    print_json,
    print_rows,
    readers_for,
)
from newsdesk.cli.period import period
from newsdesk.index import Facet, FacetField, Filters, Hit, Page, SearchIndex, Sort
from newsdesk.model import FEED_SUMMARY
from newsdesk.query import Query, parse

finds = typer.Typer()

ALL_FACETS = (FacetField.TOPIC, FacetField.SOURCE, FacetField.LANGUAGE, FacetField.DAY)
_VALUES = 10_000  # of a facet: all, but for what nobody reads
_PAGE_OF_ALL = 200  # hits that --all takes at a time

_NARROW, _SHOW = "Narrow", "Show"


def _narrow(text: str) -> Any:
    return typer.Option(help=text, rich_help_panel=_NARROW)


def _flag(name: str, text: str) -> Any:
    return typer.Option(name, help=text, rich_help_panel=_SHOW)


StemmedOption = Annotated[
    bool, typer.Option("--stemmed", help="Also find other forms of each word: policy finds policies.")
]
SourceOption = Annotated[list[str] | None, _narrow("Only this source; may be repeated.")]
TopicOption = Annotated[list[str] | None, _narrow("Only this topic; may be repeated.")]
LanguageOption = Annotated[list[str] | None, _narrow("Only this language; may be repeated.")]
AuthorOption = Annotated[list[str] | None, _narrow("Only this author; may be repeated.")]
SinceOption = Annotated[str | None, _narrow("From this date on (UTC) or this age: 2026-09-01, 7d.")]
UntilOption = Annotated[str | None, _narrow("Up to this date or age; a day counts to its end.")]
ByOption = Annotated[Clock, _narrow("The date that --since and --until mean.")]
SortOption = Annotated[Sort, typer.Option(help="Order of the hits.", rich_help_panel=_SHOW)]
LimitOption = Annotated[int, typer.Option(help="Hits on a page.", min=1, max=1000, rich_help_panel=_SHOW)]
AfterOption = Annotated[str | None, typer.Option(help="The mark at the end of the page before.", rich_help_panel=_SHOW)]
AllOption = Annotated[bool, _flag("--all", "All hits, as they are found; with --json one a line.")]
CountOption = Annotated[bool, _flag("--count", "Only how many there are.")]
FacetsOption = Annotated[bool, _flag("--facets", "Also count by topic, source, language and day.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A search, ready to run."""

    index: SearchIndex
    query: Query
    filters: Filters
    sort: Sort


@finds.command(rich_help_panel="Look")
def search(  # noqa: PLR0913 - each is an option of the command
    query: Annotated[str, typer.Argument(help="In the query language; all articles, if left out.")] = "*:*",
    *,
    stemmed: StemmedOption = False,
    source: SourceOption = None,
    topic: TopicOption = None,
    language: LanguageOption = None,
    author: AuthorOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    by: ByOption = Clock.ARRIVAL,
    sort: SortOption = Sort.NEWEST,
    limit: LimitOption = 10,
    after: AfterOption = None,
    every: AllOption = False,
    count: CountOption = False,
    facets: FacetsOption = False,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    """Search what was collected. The number of articles found goes to stderr.

    newsdesk search '"e-commerce" AND (rules OR policy)'
    newsdesk search 'traders AND protest*' --sort relevance --since 7d
    newsdesk search 'title:amazon' --since 2021-09 --until 2021-10 --by publication --facets
    newsdesk search --topic trader-protests --all --json > protests.jsonl
    """
    if sum((every, count, facets)) > 1 or (every and after):
        fail("--all, --count and --facets exclude each other, and --all begins with the first page", code=2)
    with readers_for(home, watchlist) as services:
        now = services.clock()
        filters = Filters(
            sources=tuple(source or ()),
            topics=tuple(topic or ()),
            languages=tuple(language or ()),
            authors=tuple(author or ()),
        )
        filters = _in_period(filters, by, *period(since, until, now))
        tree = parse(query, now=now, stemmed=stemmed)
        asked = _Asked(index=services.index, query=tree, filters=filters, sort=sort)
        if count:
            _show_count(asked, as_json=as_json)
        elif every:
            _show_all(asked, as_json=as_json)
        else:
            _show_page(asked, limit=limit, after=after, facets=facets, as_json=as_json)


def _in_period(filters: Filters, by: Clock, first: datetime | None, end: datetime | None) -> Filters:
    if by is Clock.ARRIVAL:
        return replace(filters, arrived_from=first, arrived_before=end)
    return replace(filters, published_from=first, published_before=end)


def _show_count(asked: _Asked, *, as_json: bool) -> None:
    number = asked.index.count(asked.query, filters=asked.filters)
    if as_json:
        print_json({"count": number})
    else:
        out.print(number)


def _show_all(asked: _Asked, *, as_json: bool) -> None:
    """One hit after the other, so that a program can begin with the first while the last is still looked for."""
    shown, total = 0, 0
    for page in _pages(asked):
        for hit in page.hits:
            if as_json:
                print_json(hit, on_one_line=True)
            else:
                _print_hit(hit)
        shown, total = shown + len(page.hits), page.total
    err.print(Text(_articles(shown), "dim"))
    if shown < total and asked.sort is Sort.RELEVANCE:
        err.print(Text(f"of {_articles(total)}: by relevance only the best are shown; --sort newest shows all", "dim"))
    if not shown:
        _print_advice(why_nothing(asked.index, asked.query, asked.filters))


def _pages(asked: _Asked) -> Iterator[Page]:
    mark = None
    while True:
        page = asked.index.search(asked.query, sort=asked.sort, limit=_PAGE_OF_ALL, after=mark, filters=asked.filters)
        yield page
        mark = page.next
        if mark is None:
            return


def _show_page(asked: _Asked, *, limit: int, after: str | None, facets: bool, as_json: bool) -> None:
    index, query, filters = asked.index, asked.query, asked.filters
    page = index.search(query, sort=asked.sort, limit=limit, after=after, filters=filters)
    counted = index.facets(query, ALL_FACETS, filters=filters, limit=_VALUES) if facets else ()
    advice = [] if page.total or page.hits else why_nothing(asked.index, asked.query, asked.filters)
    if as_json:
        print_json({"page": page, "facets": counted, "advice": advice})
        return
    for hit in page.hits:
        _print_hit(hit)
    _print_facets(counted, page.total)
    _print_total(page)
    _print_advice(advice)


def _print_hit(hit: Hit) -> None:
    when = f"{hit.published or hit.first_seen:%Y-%m-%d %H:%M}"
    words = ", ".join(dict.fromkeys(_words(hit)))
    if is_piped():
        print_rows([(when, hit.source, hit.title, ",".join(hit.topics), words, hit.url)])
        return
    title, snippet = Text(hit.title, "bold"), Text(hit.snippet)
    for mark in hit.title_highlights:
        title.stylize("black on yellow", mark.start, mark.end)
    for mark in hit.snippet_highlights:
        snippet.stylize("black on yellow", mark.start, mark.end)
    out.print(title)
    out.print(about_hit(hit, when))
    out.print(snippet)
    if words:
        out.print(Text.assemble(("matched: ", "dim"), words))
    out.print(Text(hit.url, "cyan"), end="\n\n")


def about_hit(hit: Hit, when: str) -> Text:
    """Source, date, whether the page could be read, topics."""
    kind = "  the feed's own words" if hit.kind == FEED_SUMMARY else ""
    return Text.assemble((f"{hit.source}  {when}{kind}", "dim"), (f"  {'  '.join(hit.topics)}", "magenta"))


def _words(hit: Hit) -> Iterator[str]:
    """What matched in title and snippet, each word once whatever its case."""
    for text, marks in ((hit.title, hit.title_highlights), (hit.snippet, hit.snippet_highlights)):
        for mark in marks:
            yield " ".join(text[mark.start : mark.end].split()).casefold()


def _print_facets(facets: tuple[Facet, ...], total: int) -> None:
    if is_piped():
        print_rows(
            (facet.field.value, count.value or "unknown", count.count) for facet in facets for count in facet.counts
        )
    elif any(facet.counts for facet in facets):
        out.print(facet_bars(facets, total, width=out.width))
        out.print()


def _print_total(page: Page) -> None:
    total = _articles(page.total) if page.total_is_exact else f"at least {_articles(page.total)}"
    err.print(Text(total + (f"; next page: --after {page.next}" if page.next else ""), "dim"))


def _print_advice(lines: list[str]) -> None:
    for line in lines:
        err.print(Text(line))


def _articles(number: int) -> str:
    return f"{number} article" if number == 1 else f"{number} articles"
