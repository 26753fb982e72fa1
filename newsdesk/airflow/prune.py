"""Takes old runs out of a local Airflow's database: `python -m newsdesk.airflow.prune DAYS`."""

import sys
from datetime import UTC, datetime, timedelta

import pendulum
from airflow.utils.db_cleanup import run_cleanup

# named one by one: among the others are the watchers' triggers, which are as old as the database and must stay
_TABLES = [
    "asset_event",
    "dag_run",
    "job",
    "log",
    "task_instance",
    "task_instance_history",
    "task_reschedule",
    "xcom",
]


def main(days: int) -> None:
    """Delete what is older than so many days; a DAG's last run stays."""
    before = datetime.now(UTC) - timedelta(days=days)
    run_cleanup(
        clean_before_timestamp=pendulum.instance(before),
        table_names=_TABLES,
        confirm=False,
        skip_archive=True,
        error_on_cleanup_failure=True,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
