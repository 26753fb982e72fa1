"""Commands on single documents: feed, extract, query. They touch no state."""

import sys
from collections.abc import Iterator
from datetime import UTC
from enum import StrEnum
from pathlib import Path
from typing import Annotated, assert_never

import typer
from rich.text import Text

from extractors import ExtractError, ParsedArticle, ParsedEntry, ParsedFeed, extract_article, parse_feed
from extractors.urls import host_of
from newsdesk.cli.frame import JsonOption, common, err, fail, is_piped, out, print_json, print_rows, print_table
from newsdesk.cli.outline import outline, tree_record
from newsdesk.query import Match, Query, QueryError, parse
from newsdesk.query.export import (
    ExportError,
    KibanaForm,
    KibanaQuery,
    to_elasticsearch,
    to_kibana,
    to_kql,
    to_lucene,
)
from newsdesk.query.render import render
from newsdesk.query.tree import Node
from newsdesk.services import utc_now
from newsdesk.watchlist import load_watchlist

documents = typer.Typer()


class Engine(StrEnum):
    """What may read a page."""

    CASCADE = "cascade"  # the best of several extractors, field by field
    NEWSPAPER = "newspaper"  # its fields lead, the others fill the gaps


class Target(StrEnum):
    """What a query can be printed as."""

    ELASTICSEARCH = "elasticsearch"  # query DSL, as JSON
    LUCENE = "lucene"  # text for query_string, and for Kibana with the language Lucene
    KQL = "kql"  # text for Kibana
    KIBANA = "kibana"  # the simplest of these that says it exactly


_KIBANA_NAMES = {KibanaForm.KQL: "KQL", KibanaForm.LUCENE: "Lucene"}

FileArgument = Annotated[str, typer.Argument(help="A file, or - for standard input.")]
UrlOption = Annotated[str, typer.Option("--url", help="Where the document comes from: links are read against it.")]
TypeOption = Annotated[str | None, typer.Option("--content-type", help="The server's Content-Type, if known.")]


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")


@documents.command(rich_help_panel="Documents")
def feed(
    file: FileArgument,
    *,
    url: UrlOption = "http://localhost/feed",
    content_type: TypeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Parse a feed document and show its entries as the line would store them.

    Exit code 1: it is no feed.

    newsdesk feed rss.xml --url https://press.example/rss.xml
    newsdesk feed - --json < rss.xml
    """
    try:
        parsed = parse_feed(_read(file), url, content_type=content_type)
    except ExtractError as error:
        fail(str(error))
    if as_json:
        print_json(parsed)
    elif parsed.not_a_feed_reason is None:
        _print_feed(parsed)
    if parsed.not_a_feed_reason is not None:
        fail(f"{file} is no feed: {parsed.not_a_feed_reason}")


def _print_feed(parsed: ParsedFeed) -> None:
    rows = [(_when(entry), entry.title, entry.link or "") for entry in parsed.entries]
    if not is_piped():
        out.print(Text.assemble((parsed.title, "bold"), f"  {parsed.format}, {len(parsed.entries)} entries"))
    if parsed.bozo_reason:
        err.print(Text.assemble(("damaged: ", "yellow"), parsed.bozo_reason))
    print_table(("published (UTC)", "title", "link"), rows)


def _when(entry: ParsedEntry) -> str:
    return f"{entry.published.astimezone(UTC):%Y-%m-%d %H:%M}" if entry.published else "unknown"


@documents.command(rich_help_panel="Documents")
def extract(
    file: FileArgument,
    *,
    url: UrlOption = "http://localhost/page",
    content_type: TypeOption = None,
    engine: Annotated[Engine, typer.Option(help="What reads the page.")] = Engine.CASCADE,
    watchlist: Annotated[
        Path | None, typer.Option("--watchlist", help="Read the page with the `sites:` of this watchlist, too.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Extract the article from a page; each field with its source and how sure it is.

    With a watchlist it also says what became of the selectors that `sites:` has for the host of the URL.

    newsdesk extract page.html --url https://press.example/report
    newsdesk extract page.html --url https://press.example/report --watchlist mine.yaml
    newsdesk extract - --url https://press.example/report --json < page.html
    """
    chosen = watchlist or common.watchlist
    sites = load_watchlist(chosen).sites if chosen else ()
    try:
        parsed = extract_article(
            _read(file), url, content_type=content_type, engine=engine.value, overrides=sites, now=utc_now()
        )
    except ExtractError as error:
        fail(str(error))
    if as_json:
        print_json(parsed)
    else:
        _print_article(parsed)
        if chosen and not parsed.overrides:
            err.print(f"`sites:` of {chosen} has no entry for {host_of(url)}: the engines alone read the page.")


def _print_article(parsed: ParsedArticle) -> None:
    out.print(Text(parsed.title or "(no title)", "bold"))
    published = f"{parsed.published.isoformat()} ({parsed.published_precision})" if parsed.published else "unknown"
    about = (
        ("kind", f"{parsed.kind.value}: {parsed.kind_reason}"),
        ("authors", ", ".join(parsed.authors) or "nobody named"),
        ("published", published),
        ("modified", parsed.modified.isoformat() if parsed.modified else "unknown"),
        ("language", parsed.language or "unknown"),
        ("canonical", parsed.canonical_url or "not given"),
        ("where from", ", ".join(f"{k} {p.source} {p.confidence:.2f}" for k, p in parsed.provenance.items())),
        *_remarks(parsed),
    )
    for name, text in about:
        out.print(Text.assemble((f"{name:>10}  ", "dim"), text))
    out.print()
    out.print(parsed.text, markup=False)


def _remarks(parsed: ParsedArticle) -> Iterator[tuple[str, str]]:
    """What a person should know of how the page was read; nothing where there is nothing to say."""
    if parsed.agreement is not None:
        yield "agreement", f"the engines agree on {parsed.agreement:.0%} of the text"
    if parsed.mojibake:
        yield "charset", f"a wrong charset made {parsed.mojibake:.1%} of title and text"
    if parsed.signals:
        policy = f"; policy {parsed.tdm_policy}" if parsed.tdm_policy else ""
        yield "signals", f"the publisher says {', '.join(parsed.signals)}{policy}"
    for date in parsed.dropped_dates:
        yield "dropped", f"{date.field} {date.text} by {date.source}: {date.fault.value}"
    for use in parsed.overrides:
        yield "selector", f"{use.field} {use.selector}: {use.end.value}{use.why and f', {use.why}'}"


@documents.command(rich_help_panel="Documents")
def query(
    text: Annotated[str, typer.Argument(metavar="query", help="In the query language.")],
    file: Annotated[str | None, typer.Argument(help="A text to match; - for standard input.")] = None,
    *,
    title: Annotated[str, typer.Option(help="A title to match together with the text.")] = "",
    to: Annotated[Target | None, typer.Option(help="Print it in this language, for Elasticsearch or Kibana.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Show how a query is read, where it matches a text, or what it is in another language.

    Exit code 1: it does not match, cannot be read, or cannot be said in that language.

    newsdesk query 'oil OR cocoa AND price'
    newsdesk query '"e-commerce" NEAR/15 (policy OR rules)' article.txt
    newsdesk query 'trade* AND NOT football' --title 'Traders close their shops'
    newsdesk query 'oil NEAR/5 price' --to kibana
    """
    try:
        parsed = parse(text, now=utc_now())
    except QueryError as error:
        fail(str(error))
    if to is not None:
        if file is not None or title:
            fail("--to prints the query and matches nothing; leave out the file and --title")
        _export(parsed.tree, to, as_json=as_json)
        return
    if file is None and not title:
        _print_tree(parsed, as_json=as_json)
        return
    body = _read(file).decode("utf-8", "replace") if file else ""
    found = parsed.match(title=title, body=body)
    if as_json:
        print_json({"query": render(parsed.tree), "matches": found is not None, "match": found})
    elif found is None:
        err.print("does not match")
    else:
        _print_match(found, {"title": title, "body": body})
    raise typer.Exit(0 if found else 1)


def _export(tree: Node, to: Target, *, as_json: bool) -> None:
    try:
        match to:
            case Target.ELASTICSEARCH:
                print_json(to_elasticsearch(tree))
            case Target.LUCENE:
                _print_text(to_lucene(tree), "lucene", as_json=as_json)
            case Target.KQL:
                _print_text(to_kql(tree), "kuery", as_json=as_json)
            case Target.KIBANA:
                _print_for_kibana(to_kibana(tree), as_json=as_json)
            case _:
                assert_never(to)
    except ExportError as error:
        fail(str(error))


def _print_text(text: str, language: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"query": text, "language": language})
    else:
        sys.stdout.write(f"{text}\n")


def _print_for_kibana(found: KibanaQuery, *, as_json: bool) -> None:
    if as_json:
        query = {"query": found.text, "language": found.language}
        print_json({"form": found.form, "query": query, "filter": found.filters, "reasons": found.reasons})
        return
    for reason in found.reasons:
        err.print(reason, markup=False)
    if found.filters:
        err.print("So this is a filter in the query DSL.")
        print_json(found.filters[0])
    else:
        err.print(f"Language of the search bar: {_KIBANA_NAMES[found.form]}.")
        _print_text(found.text, found.language, as_json=False)


def _print_tree(parsed: Query, *, as_json: bool) -> None:
    if as_json:
        print_json({"query": render(parsed.tree), "tree": tree_record(parsed.tree)})
        return
    for line in outline(parsed.tree):
        out.print(line, markup=False)


def _print_match(found: Match, texts: dict[str, str]) -> None:
    for span in found.evidence:
        text = texts[span.field]
        if is_piped():
            print_rows([(span.field, span.start, span.end, text[span.start : span.end], span.part)])
            continue
        start, end = max(0, span.start - 40), min(len(text), span.end + 40)
        line = Text(" ".join(text[start : span.start].split()) + " ", "dim")
        line.append(" ".join(text[span.start : span.end].split()), "black on yellow")
        line.append(" " + " ".join(text[span.end : end].split()))
        out.print(Text.assemble((f"{span.field} {span.start}–{span.end}  ", "dim"), line, (f"  ← {span.part}", "cyan")))
