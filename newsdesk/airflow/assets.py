"""The assets that join our DAGs; other teams' DAGs may hang on them too.

Each asset is defined once, with its watcher: Airflow takes the watchers from whichever DAG file it read last, so a
second definition without them would switch them off.
"""

from airflow.sdk import Asset, AssetWatcher

from newsdesk.airflow.trigger import WaitingWorkTrigger, Work

ENTRIES = Asset(
    "newsdesk://entries",
    watchers=[AssetWatcher(name="newsdesk-process", trigger=WaitingWorkTrigger(Work.PROCESS))],
)
ARTICLES = Asset("newsdesk://articles")
ALERTS = Asset(
    "newsdesk://alerts",
    watchers=[AssetWatcher(name="newsdesk-deliver", trigger=WaitingWorkTrigger(Work.DELIVER))],
)
