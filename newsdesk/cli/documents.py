"""Commands on single documents: feed, extract, query. They touch no state."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from extractors import ExtractError, ParsedArticle, ParsedFeed, extract_article, parse_feed
from newsdesk.cli.frame import JsonOption, fail, out, print_json
from newsdesk.query import Match, Query, QueryError, parse
from newsdesk.query.render import render
from newsdesk.services import utc_now

documents = typer.Typer()

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
    r"""Parse a feed document and show its entries as the line would store them.

    \b
    newsdesk feed rss.xml --url https://example.org/rss.xml
    curl -s https://example.org/rss.xml | newsdesk feed - --url https://example.org/rss.xml --json
    """
    try:
        parsed = parse_feed(_read(file), url, content_type=content_type)
    except ExtractError as error:
        fail(str(error))
    if as_json:
        print_json(parsed)
    else:
        _print_feed(parsed)
    if parsed.not_a_feed_reason is not None:
        raise typer.Exit(1)


def _print_feed(parsed: ParsedFeed) -> None:
    if parsed.not_a_feed_reason is not None:
        out.print(f"not a feed: {parsed.not_a_feed_reason}", markup=False)
        return
    out.print(Text.assemble((parsed.title, "bold"), f"  {parsed.format}, {len(parsed.entries)} entries"))
    if parsed.bozo_reason:
        out.print(Text(f"damaged: {parsed.bozo_reason}", "yellow"))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for column in ("published (UTC)", "title", "link"):
        table.add_column(column, header_style="dim", overflow="fold")
    for entry in parsed.entries:
        when = f"{entry.published:%Y-%m-%d %H:%M}" if entry.published else "unknown"
        table.add_row(when, Text(entry.title), Text(entry.link or ""))
    out.print(table)


@documents.command(rich_help_panel="Documents")
def extract(
    file: FileArgument,
    *,
    url: UrlOption = "http://localhost/page",
    content_type: TypeOption = None,
    engine: Annotated[str, typer.Option(help="cascade or newspaper.")] = "cascade",
    as_json: JsonOption = False,
) -> None:
    r"""Extract the article from a page; each field with its source and how sure it is.

    \b
    newsdesk extract page.html --url https://example.org/story
    newsdesk extract - --url https://example.org/story --json < page.html
    """
    if engine not in ("cascade", "newspaper"):
        fail(f"there is no engine {engine}: write cascade or newspaper")
    try:
        parsed = extract_article(_read(file), url, content_type=content_type, engine=engine, now=utc_now())
    except ExtractError as error:
        fail(str(error))
    if as_json:
        print_json(parsed)
    else:
        _print_article(parsed)


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
    )
    for name, text in about:
        out.print(Text.assemble((f"{name:>10}  ", "dim"), text))
    out.print()
    out.print(parsed.text, markup=False)


@documents.command(rich_help_panel="Documents")
def query(
    text: Annotated[str, typer.Argument(metavar="QUERY", help="In the query language.")],
    file: Annotated[str | None, typer.Argument(help="A text to match; - for standard input.")] = None,
    *,
    title: Annotated[str, typer.Option(help="A title to match together with the text.")] = "",
    as_json: JsonOption = False,
) -> None:
    r"""Show how a query is read, or where it matches a text. Exit code 1: it does not match.

    \b
    newsdesk query 'oil OR cocoa AND price'
    newsdesk query '"e-commerce" NEAR/15 (policy OR rules)' article.txt
    """
    try:
        parsed = parse(text, now=utc_now())
    except QueryError as error:
        fail(str(error))
    if file is None and not title:
        _print_tree(parsed, as_json=as_json)
        return
    body = _read(file).decode("utf-8", "replace") if file else ""
    found = parsed.match(title=title, body=body)
    if as_json:
        print_json({"query": render(parsed.tree), "matches": found is not None, "match": found})
    elif found is None:
        out.print("does not match")
    else:
        _print_match(found, {"title": title, "body": body})
    raise typer.Exit(0 if found else 1)


def _print_tree(parsed: Query, *, as_json: bool) -> None:
    if as_json:
        print_json({"query": render(parsed.tree), "tree": parsed.tree})
    else:
        out.print(render(parsed.tree), markup=False)


def _print_match(found: Match, texts: dict[str, str]) -> None:
    for span in found.evidence:
        text = texts[span.field]
        start, end = max(0, span.start - 40), min(len(text), span.end + 40)
        line = Text(" ".join(text[start : span.start].split()) + " ", "dim")
        line.append(" ".join(text[span.start : span.end].split()), "black on yellow")
        line.append(" " + " ".join(text[span.end : end].split()))
        out.print(Text.assemble((f"{span.field} {span.start}–{span.end}  ", "dim"), line, (f"  ← {span.part}", "cyan")))
