r"""A tree as Elasticsearch query DSL.

The words of a tree are tokens already, and the server must not analyse them in some other way. `term`, `prefix` and
`wildcard` take a value as it is. `match_phrase` and `intervals` analyse theirs, so they get the built-in analyser
"whitespace", which only cuts at the blanks between the tokens. No token holds \, * or ?, so wildcards need no escapes.

`intervals` find the shortest stretches only, and nothing that was said of NEAR may depend on a longer one:

- NEAR is any of two ordered `all_of`: an unordered one lets the sides overlap.
- Of an OR group in a NEAR, Lucene makes one alternative for each phrase by itself, so phrases of different lengths do
  not hide each other. But of two equal sources side by side it makes one that repeats, with widths that are wrong for
  phrases, and with overlaps. So equal sides are made different: the right one names its field by `use_field`.
- A prefix is found by one look-up where the field has `index_prefixes` and the prefix is within their `max_chars`,
  which are counted in bytes of UTF-8 here. Beyond, Elasticsearch would let it stand for 128 words only. So a longer one
  is written as a wildcard: any wildcard in `intervals` may stand for `indices.query.bool.max_clause_count` words of a
  shard (1,024 at least, more with more memory), and then the server refuses the query. `prefix` and `wildcard` as
  queries of their own have no such bound. The same number bounds the words of all pairs of phrases in a NEAR: twenty
  phrases with twenty others are fine.

Servers read 30 queries inside each other (`indices.query.bool.max_nested_depth`).
"""

from collections.abc import Iterable, Iterator
from typing import Any, assert_never

from newsdesk.query.export.errors import ExportError
from newsdesk.query.export.fields import is_unicode, name_in_index, refuse_forms, single_stars, text_fields_of
from newsdesk.query.patterns import is_wild
from newsdesk.query.tree import All, And, Keyword, Near, Node, Not, Or, Phrase, Range, phrases

Dsl = dict[str, Any]

DEEPEST_DSL = 28  # queries inside each other; servers read 30, and those who ask add a filter around
LONGEST_INDEXED_PREFIX = 10  # max_chars of index_prefixes in the mapping
_WEIGHTS = {"title": 3.0}  # as in the embedded index; all others 1
_ANALYZER = {"analyzer": "whitespace"}
_INSTANTS = {"format": "strict_date_optional_time"}  # of our bounds, whatever the field's own format is


def to_elasticsearch(node: Node) -> dict[str, object]:
    """`node` as a query of the DSL, ready for JSON.

    An `ExportError` only for more levels than a server reads, and for words in all their forms (stemmed search).
    """
    refuse_forms(node, "Elasticsearch DSL")
    found = _query(node)
    if (depth := _depth(found)) > DEEPEST_DSL:
        raise ExportError(
            f"In Elasticsearch this would be {depth} queries inside each other; {DEEPEST_DSL} are allowed.",
            construct=f"{depth} levels of AND, OR and NOT",
            remedy="Make two queries of it.",
        )
    return found


def _query(node: Node) -> Dsl:
    match node:
        case Phrase() | Near():
            queries = [_in_field(field, node) for field in text_fields_of(node)]
            return queries[0] if len(queries) == 1 else {"dis_max": {"queries": queries}}
        case And():
            return _all_of(_flat(And, node.nodes))
        case Or():
            return {"bool": _any_of(node)}
        case Not(Not(inner)):
            return _query(inner)
        case Not():
            return _all_of((node,))
        case Keyword():
            known = is_unicode(node.value)
            return {"term": {name_in_index(node.field): node.value}} if known else {"match_none": {}}
        case Range():
            return _range(node)
        case All():
            return {"match_all": {}}
        case _:
            assert_never(node)


def _range(node: Range) -> Dsl:
    field = name_in_index(node.field)
    bounds = {}
    if node.low is not None:
        bounds["gte" if node.include_low else "gt"] = node.low
    if node.high is not None:
        bounds["lte" if node.include_high else "lt"] = node.high
    return {"range": {field: bounds | _INSTANTS}} if bounds else {"exists": {"field": field}}


# ------------------------------------------------------------------ operators


def _all_of(nodes: Iterable[Node]) -> Dsl:
    """One `bool` for all: levels are scarce, so NOT and the first OR get none of their own."""
    clauses: dict[str, list[Dsl]] = {}
    choice: Dsl = {}
    for node in nodes:
        if isinstance(node, Not):
            clauses.setdefault("must_not", []).extend(map(_query, _flat(Or, (node.node,))))
        elif _is_filter(node):
            clauses.setdefault("filter", []).append(_query(node))
        elif isinstance(node, Or) and not choice:
            choice = _any_of(node)
        else:
            clauses.setdefault("must", []).append(_query(node))
    return {"bool": clauses | choice}


def _any_of(node: Or) -> Dsl:
    return {"should": [_query(child) for child in _flat(Or, node.nodes)], "minimum_should_match": 1}


def _flat(kind: type[And | Or], nodes: Iterable[Node]) -> Iterator[Node]:
    """What `kind` joins in the end, whatever brackets and double NOTs lie between."""
    for node in nodes:
        inner = node
        while isinstance(inner, Not) and isinstance(inner.node, Not):
            inner = inner.node.node
        if isinstance(inner, kind):
            yield from _flat(kind, inner.nodes)
        else:
            yield inner


def _is_filter(node: Node) -> bool:
    """Whether nothing of it says how good a hit is."""
    match node:
        case Keyword() | Range() | All():
            return True
        case And() | Or():
            return all(map(_is_filter, node.nodes))
        case _:
            return False


def _depth(query: Dsl) -> int:
    name, inside = next(iter(query.items()))
    if name == "dis_max":
        return 2
    if name != "bool":
        return 1
    lists = [clauses for clauses in inside.values() if isinstance(clauses, list)]
    return 1 + max(_depth(clause) for clauses in lists for clause in clauses)


# ------------------------------------------------------------------ words


def _in_field(field: str, node: Phrase | Near) -> Dsl:
    boost = max(phrase.boost for phrase in phrases(node)) * _WEIGHTS.get(field, 1.0)
    options: Dsl = {} if boost == 1 else {"boost": round(boost, 4)}
    if isinstance(node, Near):
        return {"intervals": {field: _near(node, field) | options}}
    if len(node.parts) == 1:
        name, value = _term(node.parts[0])
        return {name: {field: {"value": value} | options}}
    if not any(map(is_wild, node.parts)):
        return {"match_phrase": {field: {"query": " ".join(node.parts)} | _ANALYZER | options}}
    return {"intervals": {field: _phrase(node, {}) | options}}


def _term(part: str) -> tuple[str, str]:
    """The query for one word, and its value. A prefix by its own name: some servers forbid wildcards as expensive."""
    if not is_wild(part):
        return "term", part
    pattern = single_stars(part)
    head = pattern.removesuffix("*")
    return ("wildcard", pattern) if is_wild(head) else ("prefix", head)


# ------------------------------------------------------------------ intervals


def _near(node: Near, field: str) -> Dsl:
    alike = _phrases_of(node.left) == _phrases_of(node.right)
    orders = [(node.left, node.right)]
    if not (node.ordered or alike):
        orders.append((node.right, node.left))
    rules = [_following(left, right, node.distance, {"use_field": field} if alike else {}) for left, right in orders]
    return rules[0] if len(rules) == 1 else {"any_of": {"intervals": rules}}


def _phrases_of(side: Phrase | Or) -> set[tuple[str, ...]]:
    return {phrase.parts for phrase in phrases(side)}


def _following(left: Phrase | Or, right: Phrase | Or, distance: int, options_of_right: Dsl) -> Dsl:
    sides = [_side(left, {}), _side(right, options_of_right)]
    return {"all_of": {"ordered": True, "max_gaps": distance, "intervals": sides}}


def _side(side: Phrase | Or, options: Dsl) -> Dsl:
    rules = [_phrase(phrase, options) for phrase in phrases(side)]
    return rules[0] if len(rules) == 1 else {"any_of": {"intervals": rules}}


def _phrase(phrase: Phrase, options: Dsl) -> Dsl:
    if any(map(is_wild, phrase.parts)):
        rules = [_word(part, options) for part in phrase.parts]
        return rules[0] if len(rules) == 1 else {"all_of": {"ordered": True, "max_gaps": 0, "intervals": rules}}
    if len(phrase.parts) == 1:
        return _word(phrase.parts[0], options)
    return {"match": {"query": " ".join(phrase.parts), "ordered": True, "max_gaps": 0} | _ANALYZER | options}


def _word(part: str, options: Dsl) -> Dsl:
    name, value = _term(part)
    if name == "prefix" and len(value.encode()) > LONGEST_INDEXED_PREFIX:
        name, value = "wildcard", f"{value}*"
    key = {"term": "query", "prefix": "prefix", "wildcard": "pattern"}[name]
    return {"match" if name == "term" else name: {key: value} | _ANALYZER | options}
