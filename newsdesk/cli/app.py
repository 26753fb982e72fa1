"""The commands, gathered."""

from collections.abc import Sequence
from typing import Annotated

import typer

from newsdesk import __version__
from newsdesk.cli.backtest import backtests
from newsdesk.cli.care import care
from newsdesk.cli.doctor import doctors
from newsdesk.cli.documents import documents
from newsdesk.cli.feed_sources import feed_sources
from newsdesk.cli.feeds import feeds
from newsdesk.cli.find import finds
from newsdesk.cli.frame import HomeOption, WatchlistOption, common, errors_told, out, tell_warnings
from newsdesk.cli.line import lines
from newsdesk.cli.look import looks
from newsdesk.cli.replay import replays
from newsdesk.cli.retag import retags
from newsdesk.cli.sources import sources_
from newsdesk.cli.stack import stacks
from newsdesk.cli.suggest import suggestions
from newsdesk.cli.topics import topics
from newsdesk.cli.web import webs

app = typer.Typer(
    name="newsdesk",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Watch news feeds, tag articles by topic with the words that prove it, search them, mail alerts.",
)
app.add_typer(stacks)
app.add_typer(finds)
app.add_typer(looks)
feeds.add_typer(feed_sources)
app.add_typer(feeds, name="feeds", rich_help_panel="Look")
app.add_typer(sources_)
topics.add_typer(backtests)
topics.add_typer(suggestions)
topics.add_typer(retags)
app.add_typer(topics, name="topics", rich_help_panel="Look")
app.add_typer(lines)
app.add_typer(webs)
app.add_typer(replays)
app.add_typer(documents)
app.add_typer(care)
app.add_typer(doctors)


def _print_version(wanted: bool) -> None:
    if wanted:
        out.print(__version__)
        raise typer.Exit


VersionOption = Annotated[
    bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
]


@app.callback()
def options(home: HomeOption = None, watchlist: WatchlistOption = None, *, version: VersionOption = False) -> None:
    """Take the options that may also stand before the command."""
    del version  # its callback has done all there is to do
    common.home, common.watchlist = home, watchlist


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line, by default with the arguments of the process. Ends by SystemExit."""
    tell_warnings()
    with errors_told():
        app(None if arguments is None else list(arguments), prog_name="newsdesk")
