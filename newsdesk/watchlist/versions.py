"""When a topic is another topic: the version that every tag carries."""

import hashlib
import json

from newsdesk.query import Query
from newsdesk.query.analysis import ANALYSER_VERSION
from newsdesk.query.render import render
from newsdesk.watchlist.shape import TopicShape


def topic_version(query: Query, shape: TopicShape) -> str:
    """12 hex digits that change when articles may be tagged differently, and not with titles, examples or layout."""
    text = render(query.tree)
    decides = [text, sorted(set(shape.languages)), sorted(set(shape.sources)), shape.at_least, ANALYSER_VERSION]
    return hashlib.sha256(json.dumps(decides, ensure_ascii=False).encode()).hexdigest()[:12]
