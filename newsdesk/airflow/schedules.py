"""When the DAGs run, and what is the same for all of them. Read while DAG files are parsed, so nothing heavy."""

import os
from datetime import timedelta
from typing import Any

from airflow.sdk import Asset, AssetOrTimeSchedule, CronTriggerTimetable

# a failed try is the house's fault (ledger, disk, settings); faults of single rows never fail a task
TASK_DEFAULTS: dict[str, Any] = {
    "owner": "newsdesk",
    "retries": int(os.environ.get("NEWSDESK_TASK_RETRIES", "2")),
    "retry_delay": timedelta(seconds=15),
    "execution_timeout": timedelta(hours=1),
}


def poll_schedule() -> str | None:
    """How often to ask which feeds are due: NEWSDESK_POLL_SCHEDULE as a cron line, each minute by default.

    With `none` nothing at all runs by the clock: a person or a program triggers the poll, the rest follows from it.
    """
    text = os.environ.get("NEWSDESK_POLL_SCHEDULE", "").strip() or "* * * * *"
    return None if text == "none" else text


def woken_by(asset: Asset) -> AssetOrTimeSchedule | list[Asset]:
    """Run when the asset rings, and every 15 minutes in any case: the belt, should watcher and events both be lost."""
    if poll_schedule() is None:
        return [asset]
    return AssetOrTimeSchedule(timetable=CronTriggerTimetable("*/15 * * * *", timezone="UTC"), assets=[asset])
