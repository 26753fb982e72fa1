"""The commands, gathered."""

import logging

import typer

from newsdesk import __version__
from newsdesk.cli.frame import err, errors_told, out
from newsdesk.cli.line import lines

app = typer.Typer(
    name="newsdesk",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    help="Watch news feeds, tag articles by topic with the words that prove it, search them, mail alerts.",
)
app.add_typer(lines)


@app.command(rich_help_panel="Care")
def version() -> None:
    """Print the version."""
    out.print(__version__)


def main() -> None:
    """Run the command line."""
    logging.basicConfig(level=logging.WARNING if err.is_terminal else logging.INFO, format="%(message)s")
    with errors_told():
        app()
