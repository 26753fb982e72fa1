"""Why a search found nothing, and what to try."""

from collections.abc import Iterator
from dataclasses import replace
from difflib import get_close_matches
from itertools import islice

from newsdesk.index import NO_FILTERS, FacetField, Filters, SearchIndex
from newsdesk.query import Query, render
from newsdesk.query.patterns import is_wild
from newsdesk.query.stems import FORMS_OF, in_all_forms
from newsdesk.query.tree import All, And, Keyword, Near, Node, Or, Phrase, phrases

_MOST_PARTS = 8
_MOST_VALUES = 10_000
_NEAREST = 3
_OPTIONS = {
    "sources": "--source",
    "languages": "--language",
    "topics": "--topic",
    "authors": "--author",
    "published_from": "--since",
    "published_before": "--until",
    "arrived_from": "--since",
    "arrived_before": "--until",
}


def why_nothing(index: SearchIndex, query: Query, filters: Filters) -> list[str]:
    """Lines for people, about a search that finds no article."""
    if not index.stats().documents:
        return ["The index is empty: nothing was collected yet. If articles were, run `newsdesk index rebuild`."]
    if filters != NO_FILTERS and (number := index.count(query)):
        without_each = _without_each(index, query, filters)
        return [f"Without the filters: {_articles(number)}.", *without_each, *_unknown(index, filters)]
    found = list(_missing(index, query))
    if not found:
        found.append("Each part stands in some article, but no article has all of it: try OR, or a wider NEAR.")
    loose = replace(query, tree=in_all_forms(query.tree), stemmed=True)
    if not query.stemmed and (number := index.count(loose, filters=filters)):
        found.append(f"With --stemmed, which also finds other forms of the words: {_articles(number)}.")
    return found


def _without_each(index: SearchIndex, query: Query, filters: Filters) -> Iterator[str]:
    """What each option alone keeps out; nothing to say where there is only one."""
    used = {option: [name for name, of in _OPTIONS.items() if of == option] for option in _OPTIONS.values()}
    used = {option: names for option, names in used.items() if any(getattr(filters, name) for name in names)}
    for option, names in used.items() if len(used) > 1 else ():
        loose = replace(filters, **{name: getattr(NO_FILTERS, name) for name in names})
        if number := index.count(query, filters=loose):
            yield f"Without {option} alone: {_articles(number)}."


def _unknown(index: SearchIndex, filters: Filters) -> Iterator[str]:
    """Values that no article has, with those that come near."""
    asked = {
        FacetField.SOURCE: filters.sources,
        FacetField.TOPIC: filters.topics,
        FacetField.LANGUAGE: filters.languages,
    }
    fields = [field for field, values in asked.items() if values]
    for facet in index.facets(Query("*:*", All()), fields, limit=_MOST_VALUES) if fields else ():
        known = {count.value.casefold(): count.value for count in facet.counts if count.value}
        for value in asked[facet.field]:
            if value not in known.values():
                near = get_close_matches(value.casefold(), known, n=_NEAREST, cutoff=0.5)
                names = ", ".join(known[name] for name in near or list(known)[:_NEAREST])
                yield f"No article has the {facet.field} {value}. " + (f"There is {names}." if names else "")


def _missing(index: SearchIndex, query: Query) -> Iterator[str]:
    """The parts of the query that are in no article at all."""
    for part in islice(_wanted(query.tree), _MOST_PARTS):
        if index.count(Query(render(part), part, query.stemmed)):
            continue
        yield f"No article has {render(part)}{'' if isinstance(part, Phrase | Near) else ' as a value'}."
        for word in _words(part):
            if index.count(_word(word, query)):
                continue
            alike = [f"{other} ({_articles(index.count(_word(other, query)))})" for other in index.similar(word)]
            yield f"The word {word} stands in none." + (f" Alike: {', '.join(alike)}." if alike else "")


def _word(word: str, query: Query) -> Query:
    return Query(word, Phrase(None, (FORMS_OF + word if query.stemmed else word,)), query.stemmed)


def _words(part: Node) -> Iterator[str]:
    """The words of a part, without wildcards."""
    parts = (one.removeprefix(FORMS_OF) for phrase in phrases(part) for one in phrase.parts)
    return (word for word in dict.fromkeys(parts) if not is_wild(word))


def _wanted(node: Node) -> Iterator[Phrase | Near | Keyword]:
    """Words, phrases, NEARs and values that are asked for; what stands under NOT is not."""
    match node:
        case Phrase() | Near() | Keyword():
            yield node
        case And() | Or():
            for child in node.nodes:
                yield from _wanted(child)
        case _:
            return


def _articles(number: int) -> str:
    return f"{number:,} article{'' if number == 1 else 's'}"
