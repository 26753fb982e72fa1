"""The command that serves the web app."""

from typing import Annotated

import typer

from newsdesk.cli.frame import HomeOption, WatchlistOption, err, services_for

webs = typer.Typer()


@webs.command(rich_help_panel="Work")
def web(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all of this machine.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on; 0 for any free one.", min=0, max=65535)] = 8099,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
) -> None:
    """Serve the web app until Ctrl-C: a front page, /health, and the callback to which hubs push (NEWSDESK_WEB_URL).

    The line runs beside it: `newsdesk run --loop`, or Airflow. What a hub pushes is there for it at once.

    newsdesk web
    newsdesk web --port 9000
    """
    from newsdesk.web import WebServer, make_app  # FastAPI takes half a second to load

    with services_for(home, watchlist) as services:
        server = WebServer(make_app(services), host=host, port=port)
        err.print(f"Newsdesk on {server.url} – Ctrl-C ends it.")
        server.run()
