"""The line: poll, subscribe, collect, tag, retag, index, alert, deliver; functions that drain what waits for them.

They are called by the DAGs, by `newsdesk run` and by the tests. Running one twice does nothing twice.
"""

from newsdesk.ledger import Waiting
from newsdesk.pipeline.alert import alert
from newsdesk.pipeline.collect import collect
from newsdesk.pipeline.deliver import deliver
from newsdesk.pipeline.index import index
from newsdesk.pipeline.maintain import maintain, rebuild_index
from newsdesk.pipeline.poll import hasten, poll
from newsdesk.pipeline.replay import replay
from newsdesk.pipeline.report import describe, waiting
from newsdesk.pipeline.retag import ask_retag, retag
from newsdesk.pipeline.subscribe import subscribe
from newsdesk.pipeline.tag import tag

__all__ = [
    "Waiting",
    "alert",
    "ask_retag",
    "collect",
    "deliver",
    "describe",
    "hasten",
    "index",
    "maintain",
    "poll",
    "rebuild_index",
    "replay",
    "retag",
    "subscribe",
    "tag",
    "waiting",
]
