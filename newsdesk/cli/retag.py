"""The command that lets stored articles follow a topic once more: topics retag."""

from typing import Annotated

import typer

from newsdesk import pipeline
from newsdesk.cli.frame import HomeOption, JsonOption, WatchlistOption, fail, out, print_json, readers_for
from newsdesk.cli.topics import TopicArgument, known_topic
from newsdesk.ledger.topics import TopicState, states
from newsdesk.model import Stage

retags = typer.Typer()


@retags.command()
def retag(
    topic: TopicArgument,
    *,
    alerts: Annotated[
        bool, typer.Option("--alerts", help="Tags that re-tagging brings, or brought, raise alerts as news does.")
    ] = False,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let the stored articles follow a topic once more.

    After a change of the watchlist this happens by itself, with the next run or under Airflow, and raises no alerts.
    With --alerts, a topic new to many stored articles means as many mails: `newsdesk topics test` counts them before.

    newsdesk topics retag trader-protests
    newsdesk topics retag trader-protests --alerts
    """
    with readers_for(home, watchlist) as services:
        known_topic(services.watchlist, topic)
        pipeline.ask_retag(services, topic, alerts=alerts)
        waiting = pipeline.retag(services).produced
        with services.ledger.read() as connection:
            state = next(state for state in states(connection) if state.id == topic)
    if state.reason is not None:
        fail(f"{topic}: {state.reason}: {state.detail}")
    if as_json:
        print_json(state)
    else:
        out.print(_told(state, waiting), markup=False)


def _told(state: TopicState, waiting: int) -> str:
    text = f"{state.id}: {state.gained} articles gained it, {state.lost} lost it, {state.kept} kept it"
    if state.stage == Stage.RETAG:
        return f"{text} so far; `newsdesk run`, or Airflow, goes on with it"
    note = f" ({state.detail})" if state.detail else ""
    return f"{text}{note}" + (f"; `newsdesk run`, or Airflow, goes on with {waiting} of them" if waiting else "")
