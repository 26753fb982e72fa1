"""The commands that bring feeds in and out: feeds discover, feeds import, feeds export."""

import dataclasses
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.text import Text

from newsdesk.cli.frame import (
    HomeOption,
    JsonOption,
    WatchlistOption,
    err,
    fail,
    is_piped,
    out,
    plain,
    print_json,
    print_table,
    settings_for,
)
from newsdesk.errors import FetchError
from newsdesk.model import FeedSpec, Reason
from newsdesk.opml import parse_opml, write_opml
from newsdesk.pipeline.discover import Discovery, FoundFeed, discover
from newsdesk.services import open_services, utc_now
from newsdesk.settings import Settings
from newsdesk.watchlist import load_watchlist
from newsdesk.watchlist.addition import add_feeds
from newsdesk.watchlist.exchange import FeedImport, plan_import, tidy_name, to_opml, unique_name, without_secrets
from newsdesk.watchlist.writing import feed_keys, render_feeds

feed_sources = typer.Typer()

COLUMNS = ("feed", "format", "title", "entries", "newest (UTC)", "language", "found", "hub")
_REMEDIES = {
    Reason.DNS_FAILED: "check how the name is written",
    Reason.CONNECT_FAILED: "check the address, and whether the site can be reached from here",
    Reason.TLS_FAILED: "try it with http://",
    Reason.URL_REFUSED: "give an address such as https://press.example/",
}


@feed_sources.command("discover")
def discover_feeds(
    url: Annotated[str, typer.Argument(help="Address of a site's home page, of a section, or of a feed.")],
    *,
    as_yaml: Annotated[bool, typer.Option("--yaml", help="Print the new feeds as a block for the watchlist.")] = False,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the feeds of a site: those that its page, headers and robots.txt name, else those at well-known paths.

    Each is fetched and read before it is shown, one request after the other as for polls, so that a large site takes
    a minute. Feeds of comments come last. Exit code 1: there is none.

    newsdesk feeds discover https://press.example/
    newsdesk feeds discover press.example --yaml
    """
    with _settings_with_watchlist(home, watchlist) as settings, open_services(settings) as services:
        watched = services.watchlist.feeds
        with err.status("asking the site") as status:
            try:
                found = discover(services, _full(url), tell=lambda tried: status.update(f"trying {tried}"))
            except FetchError as error:
                remedy = _REMEDIES.get(Reason(error.reason))
                fail(f"{error}; {remedy}" if remedy else str(error))
    if as_json:
        print_json(found)
    elif as_yaml:
        sys.stdout.write(_block(_new_feeds(found, watched)))
    else:
        _print_found(found)
    if not found.feeds:
        _tell_in_vain(found)


def _full(url: str) -> str:
    return url if "://" in url else f"https://{url}"


@contextmanager
def _settings_with_watchlist(home: Path | None, watchlist: Path | None) -> Iterator[Settings]:
    """The settings; who has no watchlist yet may look for feeds all the same."""
    settings = settings_for(home, watchlist)
    if settings.watchlist.exists() or watchlist is not None:
        yield settings
        return
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "watchlist.yaml"
        empty.write_text("version: 1\n", encoding="utf-8")
        yield dataclasses.replace(settings, watchlist=empty)


def _print_found(found: Discovery) -> None:
    if found.is_feed:
        err.print(Text("This address is a feed itself.", "dim"))
    print_table(COLUMNS, [row_of(feed) for feed in found.feeds])
    if found.feeds and not is_piped():
        out.print(Text("\n--yaml prints the new ones as a block for the watchlist", "dim"))


def row_of(feed: FoundFeed) -> tuple[str, ...]:
    """The cells of a feed, under COLUMNS."""
    return (
        feed.url,
        feed.format,
        feed.title,
        str(feed.entries),
        f"{feed.newest:%Y-%m-%d %H:%M}" if feed.newest else "",
        feed.language or "",
        f"{feed.place}, watched" if feed.is_watched else "comments" if feed.is_of_comments else str(feed.place),
        "yes" if feed.hub else "no",
    )


def _new_feeds(found: Discovery, watched: Sequence[FeedSpec]) -> list[FeedSpec]:
    """What is worth to be added, each under a name of its own."""
    names, feeds = {feed.name for feed in watched}, []
    for feed in found.feeds:
        if not feed.is_watched and not feed.is_of_comments:
            name = unique_name(tidy_name(feed.title, feed.url), names)
            names.add(name)
            feeds.append(FeedSpec(url=feed.url, name=name))
    return feeds


def _block(feeds: Sequence[FeedSpec]) -> str:
    return "feeds:\n" + render_feeds(feeds) if feeds else ""


def _tell_in_vain(found: Discovery) -> NoReturn:
    for link in found.refused:
        err.print(Text.assemble(("tried: ", "dim"), link.url, (f" ({link.place}): {link.why}", "dim")))
    fail(f"no feed was found from {found.url}; look at the site for a page about its feeds and give its address")


# ------------------------------------------------------------------ OPML


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import brought, for programs."""

    file: str
    written_to: str | None
    plan: FeedImport


@feed_sources.command("import")
def import_opml(
    file: Annotated[str, typer.Argument(help="An OPML file, or - for standard input.")],
    *,
    write: Annotated[bool, typer.Option("--write", help="Add the feeds to the watchlist itself.")] = False,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take over the feeds of another program: print its OPML as a block for the watchlist, or add it there.

    Feeds that are watched already are left out. With --write they stand behind those of the file, whose other lines
    stay as they are; the new file is checked first, and if anything is wrong with it nothing is written. A watchlist
    that does not exist is made. Exit code 1: there is nothing to take over.

    newsdesk feeds import subscriptions.opml
    newsdesk feeds import subscriptions.opml --write
    """
    path = settings_for(home, watchlist).watchlist
    watched = load_watchlist(path).feeds if path.exists() else ()
    plan = plan_import(parse_opml(_read(file)), watched)
    if write and plan.feeds:
        add_feeds(path, plan.feeds, now=utc_now())
    if as_json:
        print_json(ImportReport(file=file, written_to=str(path) if write and plan.feeds else None, plan=plan))
    elif not write:
        sys.stdout.write(_block(plan.feeds))
    _tell_import(plan, path if write else None)
    if not plan.feeds and not plan.watched:
        fail(f"{file} has no feed that could be watched")


def _tell_import(plan: FeedImport, path: Path | None) -> None:
    for remark in plan.remarks:
        err.print(Text.assemble(("note: ", "yellow"), remark))
    hint = "; --write adds them to the watchlist" if plan.feeds else ""
    done = f"added to {path}" if path is not None else f"new{hint}"
    known = f", {len(plan.watched)} watched already" if plan.watched else ""
    err.print(Text(f"{_count(len(plan.feeds))} {done}{known}", "dim"))


@feed_sources.command("export")
def export_opml(
    file: Annotated[Path | None, typer.Argument(help="Where to write it; default: standard output.")] = None,
    *,
    secrets: Annotated[
        bool, typer.Option("--secrets", help="Also headers, proxies and the users of URLs: not to be handed on.")
    ] = False,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the feeds of the watchlist as OPML 2.0, in their folders and with all settings.

    Other programs read addresses, names and folders; `newsdesk feeds import` reads all of it back.

    newsdesk feeds export feeds.opml
    newsdesk feeds export | xmllint --format -
    """
    feeds = load_watchlist(settings_for(home, watchlist).watchlist).feeds
    left = [feed.name for feed in feeds if feed != without_secrets(feed)]
    if as_json:
        print_json([plain(feed_keys(feed if secrets else without_secrets(feed))) for feed in feeds])
    else:
        content = write_opml([to_opml(feed, secrets=secrets) for feed in feeds], title="Feeds of Newsdesk")
        _write(file, content, private=secrets)
    if file is not None and not as_json:
        err.print(Text(f"{_count(len(feeds))} written to {file}", "dim"))
    if left and not secrets:
        told = f"headers, proxies and users of URLs are left out, of {', '.join(left)}; --secrets writes them too"
        err.print(Text.assemble(("note: ", "yellow"), told))


def _read(file: str) -> bytes:
    if file == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(file).read_bytes()
    except OSError as error:
        fail(f"{file} cannot be read: {error.strerror}")


def _write(file: Path | None, content: bytes, *, private: bool) -> None:
    if file is None:
        sys.stdout.write(content.decode())
        return
    try:
        if private:
            file.touch(mode=0o600)
            file.chmod(0o600)
        file.write_bytes(content)
    except OSError as error:
        fail(f"{file} cannot be written: {error.strerror}")


def _count(number: int) -> str:
    return f"{number} feed" if number == 1 else f"{number} feeds"
