"""The simplest form in which Kibana can hold a query: KQL, else Lucene text, else a filter of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from newsdesk.query.export.elasticsearch import to_elasticsearch
from newsdesk.query.export.errors import ExportError
from newsdesk.query.export.kql import to_kql
from newsdesk.query.export.lucene import to_lucene
from newsdesk.query.render import render
from newsdesk.query.tree import Node

_LONGEST_LABEL = 120  # characters; Kibana shows about half of them


class KibanaForm(StrEnum):
    """How Kibana holds a query."""

    KQL = "kql"  # text of the search bar
    LUCENE = "lucene"  # text of the search bar, with the language switched to Lucene
    FILTER = "filter"  # a pill below the search bar, in the query DSL


@dataclass(frozen=True, slots=True, kw_only=True)
class KibanaQuery:
    """A query as Kibana can hold it."""

    form: KibanaForm
    text: str  # for the search bar; "" beside a filter
    filters: tuple[Mapping[str, object], ...]  # Kibana's filter objects: one or none
    reasons: tuple[str, ...]  # why each simpler form was not enough

    @property
    def language(self) -> str:
        """Kibana's name for the language of the search bar."""
        return "lucene" if self.form is KibanaForm.LUCENE else "kuery"


def to_kibana(node: Node, *, label: str | None = None) -> KibanaQuery:
    """The simplest exact form of `node`. `label` is what a filter is called; without one, the query itself.

    An `ExportError` only where `to_elasticsearch` has one.
    """
    reasons: list[str] = []
    for form, export in ((KibanaForm.KQL, to_kql), (KibanaForm.LUCENE, to_lucene)):
        try:
            return KibanaQuery(form=form, text=export(node), filters=(), reasons=tuple(reasons))
        except ExportError as error:
            reasons.append(error.message)
    pill = _pill(to_elasticsearch(node), label or render(node))
    return KibanaQuery(form=KibanaForm.FILTER, text="", filters=(pill,), reasons=tuple(reasons))


def _pill(query: Mapping[str, object], label: str) -> Mapping[str, object]:
    alias = label.encode(errors="replace").decode()
    alias = alias if len(alias) <= _LONGEST_LABEL else alias[: _LONGEST_LABEL - 1] + "…"
    meta = {"alias": alias, "disabled": False, "negate": False, "type": "custom", "key": "query"}
    return {"meta": meta, "query": query, "$state": {"store": "appState"}}
