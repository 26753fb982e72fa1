"""Stemmed search: a word of the query stands for every word of an article that has the same stem.

The stem is that of the article's language, by the Snowball algorithm of that language; where no language is known, by
the English one (Porter2). A language without an algorithm has no stems: a word stands for itself. Stems are made of
tokens, so accents of Latin letters are folded before. Wildcards stand for the words as they are written (Lucene does
not stem them either), and places are the same as without stems: phrases and NEAR count the same words.

In a tree a word in all its forms is written with a tilde before it, which no token holds: `~policy`.
"""

from dataclasses import replace
from functools import lru_cache
from typing import assert_never

import Stemmer  # type: ignore[import-not-found]  # a C extension without stubs

from newsdesk.query.tree import All, And, Keyword, Near, Node, Not, Or, Phrase, Range

FORMS_OF = "~"
STEMS_VERSION = Stemmer.version()  # another release of Snowball may stem otherwise

_ENGLISH = "english"
_BY_LANGUAGE = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": _ENGLISH,
    "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish", "fr": "french", "ga": "irish",
    "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian",
    "nb": "norwegian", "ne": "nepali", "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sv": "swedish", "ta": "tamil",
    "tr": "turkish", "yi": "yiddish",
}  # fmt: skip
_AVAILABLE = frozenset(Stemmer.algorithms())


def algorithm_of(language: str | None) -> str:
    """The Snowball algorithm for articles in `language` (ISO 639-1, maybe with a region: en-IN); "" for none."""
    if not language:
        return _ENGLISH
    algorithm = _BY_LANGUAGE.get(language.replace("_", "-").partition("-")[0].lower(), "")
    return algorithm if algorithm in _AVAILABLE else ""


@lru_cache(maxsize=65536)
def stem(token: str, algorithm: str) -> str:
    """The stem of a token; the token itself where `algorithm` is ""."""
    # A stemmer is no object for two threads; to make one costs less than to stem a word.
    return str(Stemmer.Stemmer(algorithm, 0).stemWord(token)) if algorithm else token


def is_open(part: str) -> bool:
    """Whether a part of a phrase may stand for several words: a wildcard, or a word in all its forms."""
    return "*" in part or "?" in part or part[:1] == FORMS_OF


def in_all_forms(node: Node) -> Node:
    """The tree with every word that is no wildcard in all its forms."""
    match node:
        case Phrase():
            return _phrase(node)
        case Near():
            return replace(node, left=_side(node.left), right=_side(node.right))
        case And() | Or():
            return replace(node, nodes=tuple(map(in_all_forms, node.nodes)))
        case Not():
            return replace(node, node=in_all_forms(node.node))
        case Keyword() | Range() | All():
            return node
        case _:
            assert_never(node)


def _phrase(phrase: Phrase) -> Phrase:
    return replace(phrase, parts=tuple(part if is_open(part) else FORMS_OF + part for part in phrase.parts))


def _side(side: Phrase | Or) -> Phrase | Or:
    return _phrase(side) if isinstance(side, Phrase) else replace(side, nodes=tuple(map(in_all_forms, side.nodes)))
