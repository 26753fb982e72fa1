"""Queries in the languages of others: Elasticsearch DSL, and what Kibana's search bar reads (Lucene text, KQL).

What comes out finds exactly the articles that the evaluator accepts, or there is an `ExportError` that names what
cannot be said. The index that is asked has our analyser on `title` and `body`; `source`, `language`, `topics`,
`authors` and `story` are keywords, `published` is a date (Elasticsearch keeps milliseconds of it).
"""

from newsdesk.query.export.elasticsearch import to_elasticsearch
from newsdesk.query.export.errors import ExportError
from newsdesk.query.export.kibana import KibanaForm, KibanaQuery, to_kibana
from newsdesk.query.export.kql import to_kql
from newsdesk.query.export.lucene import to_lucene

__all__ = ["ExportError", "KibanaForm", "KibanaQuery", "to_elasticsearch", "to_kibana", "to_kql", "to_lucene"]
