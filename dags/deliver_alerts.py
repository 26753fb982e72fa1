"""The DAG that sends mail."""

from airflow.sdk import dag, task

from newsdesk.airflow import assets, steps
from newsdesk.airflow.schedules import TASK_DEFAULTS, woken_by


@dag(schedule=woken_by(assets.ALERTS), catchup=False, max_active_runs=1, default_args=TASK_DEFAULTS, tags=["newsdesk"])
def deliver_alerts() -> None:
    """Hand over the notifications that are due: immediate ones and digests."""

    @task
    def deliver() -> dict[str, int]:
        from newsdesk import pipeline

        return steps.run(pipeline.deliver)

    deliver()


deliver_alerts()
