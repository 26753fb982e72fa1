"""The one query language: text to tree, and what a tree finds in an article.

Back ends read `newsdesk.query.tree`, and analyse text by `newsdesk.query.analysis`.
"""

from newsdesk.query.document import Document
from newsdesk.query.errors import QueryError
from newsdesk.query.evaluate import Span
from newsdesk.query.language import Match, Query, parse
from newsdesk.query.render import render

__all__ = ["Document", "Match", "Query", "QueryError", "Span", "parse", "render"]
