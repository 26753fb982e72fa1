"""The commands, gathered."""

import logging

import typer

from newsdesk import __version__
from newsdesk.cli.care import care
from newsdesk.cli.documents import documents
from newsdesk.cli.frame import HomeOption, WatchlistOption, common, err, errors_told, out
from newsdesk.cli.line import lines
from newsdesk.cli.look import looks
from newsdesk.cli.stack import stacks

app = typer.Typer(
    name="newsdesk",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Watch news feeds, tag articles by topic with the words that prove it, search them, mail alerts.",
)
app.add_typer(stacks)
app.add_typer(looks)
app.add_typer(lines)
app.add_typer(documents)
app.add_typer(care)


@app.callback()
def options(home: HomeOption = None, watchlist: WatchlistOption = None) -> None:
    """Take the options that may also stand before the command."""
    common.home, common.watchlist = home, watchlist


@app.command(rich_help_panel="Care")
def version() -> None:
    """Print the version."""
    out.print(__version__)


def main() -> None:
    """Run the command line."""
    logging.basicConfig(level=logging.WARNING if err.is_terminal else logging.INFO, format="%(message)s")
    with errors_told():
        app()
