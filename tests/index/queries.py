"""Queries made by chance from all that the language has, as text, over the words of `samples`."""

import random
from collections.abc import Callable

from newsdesk.query.analysis import tokens
from tests.index.samples import AUTHORS, LANGUAGES, OTHER_WORDS, SOURCES, TOPICS, WORDS

# Wildcards at every place of a word, in several scripts.
_PATTERNS = (
    *("bank*", "*bank", "pri?es", "b?nk", "ci*nk", "*pric*", "go*", "?anks", "ba*?s", "pr*c*s", "??ank", "bank**"),
    *("दिल्*", "삼성*", "ニュー*", "straß*", "İst*", "*ίσυφος", "м?ск*", "*القاهر*", "東京*", "so\u00adf*", "e-mai*"),
)
_OTHER_WORDS = tuple(word for word in OTHER_WORDS if tokens(word))
_SUFFIXES = ("", "", "", "^2", "^0.5")
_VALUES = {
    "source": (*SOURCES, "Nobody"),
    "lang": tuple(language for language in LANGUAGES if language),
    "topic": TOPICS,
    "author": AUTHORS,
    "story": ("s1", "s2", "none"),
}


def any_query(chance: random.Random, depth: int = 3) -> str:
    """One query."""
    if depth == 0 or chance.random() < 0.25:
        return chance.choice(_LEAVES)(chance)
    parts = [any_query(chance, depth - 1) for _ in range(chance.randrange(2, 4))]
    shape = chance.randrange(8)
    if shape <= 1:
        return "(" + chance.choice((" OR ", " || ")).join(parts) + ")"
    if shape <= 3:
        return "(" + chance.choice((" ", " AND ", " && ")).join(parts) + ")"
    if shape == 4:
        return f"({parts[0]} {chance.choice(('NOT ', '-', 'AND !', '+'))}{parts[1]})"
    if shape == 5:
        return f"({parts[0]} OR NOT {parts[1]})"
    if shape == 6:
        return f"({parts[0]} OR {parts[1]} AND {parts[-1]})"
    return f"(NOT {parts[0]})"


def _word(chance: random.Random) -> str:
    return chance.choice(_OTHER_WORDS if chance.random() < 0.3 else WORDS)


def _term(chance: random.Random) -> str:
    return chance.choice(_PATTERNS) if chance.random() < 0.25 else _word(chance)


def _phrase(chance: random.Random) -> str:
    words = [_term(chance) for _ in range(chance.randrange(2, 4))]
    opening, closing = chance.choice(('""', '""', "“”", "«»"))
    return opening + chance.choice((" ", " ", " 🚀 ", " / ")).join(words) + closing


def _side(chance: random.Random, choices: tuple[Callable[[random.Random], str], ...]) -> str:
    if chance.random() < 0.3:
        return "(" + " OR ".join(chance.choice(choices)(chance) for _ in range(chance.randrange(2, 4))) + ")"
    return chance.choice(choices)(chance)


def _near(chance: random.Random) -> str:
    if chance.random() < 0.15:
        text = f'"{chance.choice(WORDS)} {chance.choice(WORDS)}"~{chance.randrange(5)}'
    else:
        sides = [_side(chance, (_term, _word, _word, _phrase)) for _ in range(2)]
        operator = chance.choice(("NEAR", "NEAR", "PRE", "W"))
        text = f"{sides[0]} {operator}/{chance.choice((0, 1, 2, 3, 4, 50))} {sides[1]}"
    return chance.choice((f"({text})", f"title:({text})", f"body:({text})"))


def _in_field(chance: random.Random) -> str:
    return chance.choice(("title:", "body:", "text:")) + chance.choice((_term, _phrase, _group))(chance)


def _group(chance: random.Random) -> str:
    return f"({_term(chance)} {chance.choice(('OR', 'AND', 'NOT'))} {_term(chance)})"


def _keyword(chance: random.Random) -> str:
    name = chance.choice(tuple(_VALUES))
    values = [_quoted(chance.choice(_VALUES[name])) for _ in range(2)]
    return f"{name}:({' OR '.join(values)})" if chance.random() < 0.2 else f"{name}:{values[0]}"


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _range(chance: random.Random) -> str:
    low, high = f"2026-11-{chance.randrange(1, 15):02}", f"2026-11-{chance.randrange(17, 31):02}"
    moment = f"{low}T{chance.randrange(24):02}:{chance.randrange(60):02}"
    bounds = (f"[{low} TO {high}]", f"{{{low} TO {high}}}", f">={low}", f"<{high}", f"<={high}", f">{moment}", low)
    return "published:" + chance.choice((*bounds, f"[{moment}:30+05:30 TO *]", "[* TO *]"))


def _scored(chance: random.Random) -> str:
    return chance.choice((_word, _phrase))(chance) + chance.choice(_SUFFIXES)


def _everything(_chance: random.Random) -> str:
    return "*:*"


_LEAVES = (
    *(_scored, _scored, _term, _term, _phrase, _near, _near, _near, _near),
    *(_in_field, _in_field, _keyword, _keyword, _range, _range, _everything),
)
