"""The command `search`."""

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.text import Text

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
from newsdesk.index import Facet, FacetField, Filters, Hit, Page, Sort
from newsdesk.query import parse

finds = typer.Typer()

ALL_FACETS = (FacetField.TOPIC, FacetField.SOURCE, FacetField.LANGUAGE, FacetField.DAY)


@finds.command(rich_help_panel="Look")
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
    """Search what was collected. The number of articles found goes to stderr.

    newsdesk search '"e-commerce" AND (rules OR policy)'
    newsdesk search 'traders AND protest*' --sort relevance
    newsdesk search 'title:amazon published:>=2021-09-01' --facets
    """
    with readers_for(home, watchlist) as services:
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
        _print_facet(facet)
    _print_total(page)


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
    out.print(Text.assemble((f"{hit.source}  {when}", "dim"), (f"  {'  '.join(hit.topics)}", "magenta")))
    out.print(snippet)
    if words:
        out.print(Text.assemble(("matched: ", "dim"), words))
    out.print(Text(hit.url, "cyan"), end="\n\n")


def _words(hit: Hit) -> Iterator[str]:
    """What matched in title and snippet, each word once whatever its case."""
    for text, marks in ((hit.title, hit.title_highlights), (hit.snippet, hit.snippet_highlights)):
        for mark in marks:
            yield " ".join(text[mark.start : mark.end].split()).casefold()


def _print_facet(facet: Facet) -> None:
    if is_piped():
        print_rows([(facet.field.value, count.value or "unknown", count.count) for count in facet.counts])
        return
    values = ", ".join(f"{count.value or 'unknown'} {count.count}" for count in facet.counts)
    out.print(Text.assemble((f"{facet.field.value}: ", "bold"), values or "none"))


def _print_total(page: Page) -> None:
    total = f"{page.total}" if page.total_is_exact else f"at least {page.total}"
    noun = "article" if page.total == 1 and page.total_is_exact else "articles"
    err.print(Text(f"{total} {noun}" + (f"; next page: --after {page.next}" if page.next else ""), "dim"))
