"""The DAG that makes tagged, searchable articles of entries."""

from airflow.sdk import dag, task

from newsdesk.airflow import assets, steps
from newsdesk.airflow.schedules import TASK_DEFAULTS, woken_by


@dag(schedule=woken_by(assets.ENTRIES), catchup=False, max_active_runs=1, default_args=TASK_DEFAULTS, tags=["newsdesk"])
def process_entries() -> None:
    """Take what waits through the line: collect, in chunks when much waits, then tag, index, alert."""

    @task
    def collect(limit: int) -> dict[str, int]:
        from newsdesk import pipeline

        return steps.run(lambda services: pipeline.collect(services, limit=limit))

    @task
    def tag() -> dict[str, int]:
        from newsdesk import pipeline

        return steps.run(pipeline.tag, pipeline.retag)

    @task(outlets=[assets.ARTICLES])
    def index() -> dict[str, int]:
        from newsdesk import pipeline

        return steps.run_and_ring(pipeline.index, for_each="done")

    @task(outlets=[assets.ALERTS], trigger_rule="none_failed")
    def alert() -> dict[str, int]:
        from newsdesk import pipeline

        return steps.run_and_ring(pipeline.alert, for_each="produced")

    collect.expand(limit=task(steps.entry_chunks)()) >> tag() >> index() >> alert()


process_entries()
