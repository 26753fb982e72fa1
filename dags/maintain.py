"""The DAG that keeps house."""

from airflow.sdk import dag, task

from newsdesk.airflow import steps
from newsdesk.airflow.schedules import TASK_DEFAULTS


@dag(schedule="@daily", catchup=False, max_active_runs=1, default_args=TASK_DEFAULTS, tags=["newsdesk"])
def maintain() -> None:
    """Prune what is old, and compare the index with the ledger."""

    @task
    def keep_house() -> dict[str, int]:
        from newsdesk import pipeline

        return steps.run(pipeline.maintain)

    keep_house()


maintain()
