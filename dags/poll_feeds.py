"""The DAG that polls."""

from airflow.sdk import dag, task

from newsdesk.airflow import assets, steps
from newsdesk.airflow.schedules import TASK_DEFAULTS, poll_schedule


@dag(schedule=poll_schedule(), catchup=False, max_active_runs=1, default_args=TASK_DEFAULTS, tags=["newsdesk"])
def poll_feeds() -> None:
    """Ask hubs for pushes, poll the feeds that are due, and wake the processing when new entries came."""

    @task(outlets=[assets.ENTRIES])
    def poll() -> dict[str, int]:
        from newsdesk import pipeline

        return steps.run_and_ring(pipeline.subscribe, pipeline.poll, for_each="produced")

    poll()


poll_feeds()
