"""Gets a local Airflow's database ready in one process: schema, DAGs, assets and their watchers.

Run by the supervisor while nothing else uses the database: `python -m newsdesk.airflow.prepare`.
"""

import sys

from airflow.dag_processing.bundles.manager import DagBundlesManager
from airflow.dag_processing.dagbag import BundleDagBag, sync_bag_to_db
from airflow.jobs.job import Job, JobState
from airflow.utils import db
from airflow.utils.session import create_session


def main() -> None:
    """Make or migrate the schema, settle the jobs of a killed stack, read the DAGs; ends with 1 if one is broken."""
    db.initdb()
    _settle_dead_jobs()
    problems = _read_dags()
    for file, problem in problems.items():
        print(f"DAG file {file}: {problem.strip().splitlines()[-1]}", file=sys.stderr)  # noqa: T201 - our output is the log
    if problems:
        raise SystemExit(1)


def _settle_dead_jobs() -> None:
    # the supervisor holds the lock of this home: whatever claims to run was killed, and its tasks may be taken back
    with create_session() as session:
        for job in session.query(Job).filter(Job.state == JobState.RUNNING):
            job.state = JobState.FAILED


def _read_dags() -> dict[str, str]:
    bundles = DagBundlesManager()  # type: ignore[no-untyped-call]  # Airflow's, without types
    bundles.sync_bundles_to_db()
    problems: dict[str, str] = {}
    for bundle in bundles.get_all_dag_bundles():
        bundle.initialize()
        dags = BundleDagBag(bundle.path, bundle_path=bundle.path, bundle_name=bundle.name)
        sync_bag_to_db(dags, bundle.name, bundle_version=None)
        problems |= dags.import_errors
    return problems


if __name__ == "__main__":
    main()
