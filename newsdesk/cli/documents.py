"""Commands on single documents: feed, extract, query. They touch no state."""

import sys
from datetime import UTC
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from extractors import ExtractError, ParsedArticle, ParsedEntry, ParsedFeed, extract_article, parse_feed
from newsdesk.cli.frame import JsonOption, err, fail, is_piped, out, print_json, print_rows, print_table
from newsdesk.cli.outline import outline, tree_record
from newsdesk.query import Match, Query, QueryError, parse
from newsdesk.query.render import render
from newsdesk.services import utc_now

documents = typer.Typer()


class Engine(StrEnum):
    """What may read a page."""

    CASCADE = "cascade"  # the best of several extractors, field by field
    NEWSPAPER = "newspaper"  # its fields lead, the others fill the gaps


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
    as_json: JsonOption = False,
) -> None:
    """Extract the article from a page; each field with its source and how sure it is.

    newsdesk extract page.html --url https://press.example/report
    newsdesk extract - --url https://press.example/report --json < page.html
    """
    try:
        parsed = extract_article(_read(file), url, content_type=content_type, engine=engine.value, now=utc_now())
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
    text: Annotated[str, typer.Argument(metavar="query", help="In the query language.")],
    file: Annotated[str | None, typer.Argument(help="A text to match; - for standard input.")] = None,
    *,
    title: Annotated[str, typer.Option(help="A title to match together with the text.")] = "",
    as_json: JsonOption = False,
) -> None:
    """Show how a query is read, or where it matches a text.

    Exit code 1: it does not match, or cannot be read.

    newsdesk query 'oil OR cocoa AND price'
    newsdesk query '"e-commerce" NEAR/15 (policy OR rules)' article.txt
    newsdesk query 'trade* AND NOT football' --title 'Traders close their shops'
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
        err.print("does not match")
    else:
        _print_match(found, {"title": title, "body": body})
    raise typer.Exit(0 if found else 1)


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
