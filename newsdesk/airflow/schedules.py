"""When the DAGs run, and what is the same for all of them. Read while DAG files are parsed, so nothing heavy."""

from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, AssetOrTimeSchedule, CronTriggerTimetable

from newsdesk.settings import read_settings

# a failed try is the house's fault (ledger, disk, settings); faults of single rows never fail a task
TASK_DEFAULTS: dict[str, Any] = {
    "owner": "newsdesk",
    "retries": read_settings().task_retries,
    "retry_delay": timedelta(seconds=15),
    "execution_timeout": timedelta(minutes=20),  # one that hangs holds up the line; what it had begun is done again
}


def poll_schedule() -> str | None:
    """How often to ask which feeds are due: NEWSDESK_POLL_SCHEDULE as a cron line, each minute by default.

    With `none` neither polls nor sweeps run by the clock: somebody triggers the poll, and the rest follows from it.
    """
    text = read_settings().poll_schedule
    return None if text == "none" else text


def woken_by(asset: Asset) -> AssetOrTimeSchedule | list[Asset]:
    """Run when the asset rings, and every 15 minutes in any case: the belt, should watcher and events both be lost."""
    if poll_schedule() is None:
        return [asset]
    return AssetOrTimeSchedule(timetable=CronTriggerTimetable("*/15 * * * *", timezone="UTC"), assets=[asset])
