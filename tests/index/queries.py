"""Queries made by chance from all that the language has, as text, over the words of `samples`."""

import random
from collections.abc import Callable

from tests.index.samples import AUTHORS, LANGUAGES, OTHER_WORDS, SOURCES, TOPICS, WORDS

_PATTERNS = ("bank*", "*bank", "pri?es", "b?nk", "ci*nk", "*pric*", "go*", "?anks", "दिल्*", "삼성*")
_SUFFIXES = ("", "", "", "", "^2", "^0.5")


def any_query(chance: random.Random, depth: int = 3) -> str:
    """One query."""
    if depth == 0 or chance.random() < 0.25:
        return chance.choice(_LEAVES)(chance)
    parts = [any_query(chance, depth - 1) for _ in range(chance.randrange(2, 4))]
    shape = chance.randrange(7)
    if shape <= 1:
        return "(" + " OR ".join(parts) + ")"
    if shape <= 3:
        return "(" + chance.choice((" ", " AND ")).join(parts) + ")"
    if shape == 4:
        return f"({parts[0]} NOT {parts[1]})"
    if shape == 5:
        return f"({parts[0]} OR NOT {parts[1]})"
    return f"(NOT {parts[0]})"


def _word(chance: random.Random) -> str:
    return chance.choice(OTHER_WORDS[:-1] if chance.random() < 0.15 else WORDS).replace("🚀", "oil")


def _term(chance: random.Random) -> str:
    return chance.choice(_PATTERNS) if chance.random() < 0.25 else _word(chance)


def _phrase(chance: random.Random) -> str:
    words = [_term(chance) for _ in range(chance.randrange(2, 4))]
    return '"' + " ".join(words) + '"'


def _side(chance: random.Random, choices: tuple[Callable[[random.Random], str], ...]) -> str:
    if chance.random() < 0.3:
        return "(" + " OR ".join(chance.choice(choices)(chance) for _ in range(chance.randrange(2, 4))) + ")"
    return chance.choice(choices)(chance)


def _near(chance: random.Random) -> str:
    sides = [_side(chance, (_term, _word, _word, _phrase)) for _ in range(2)]
    operator = chance.choice(("NEAR", "NEAR", "PRE", "W"))
    text = f"{sides[0]} {operator}/{chance.randrange(5)} {sides[1]}"
    return chance.choice((f"({text})", f"title:({text})", f"body:({text})"))


def _in_field(chance: random.Random) -> str:
    return chance.choice(("title:", "body:", "text:")) + chance.choice((_term, _phrase))(chance)


def _keyword(chance: random.Random) -> str:
    fields = {
        "source": SOURCES,
        "lang": tuple(language for language in LANGUAGES if language),
        "topic": TOPICS,
        "author": AUTHORS,
        "story": ("s1", "s2", "none"),
    }
    name = chance.choice(tuple(fields))
    return f'{name}:"{chance.choice(fields[name])}"'


def _range(chance: random.Random) -> str:
    low, high = f"2026-11-{chance.randrange(1, 15):02}", f"2026-11-{chance.randrange(17, 31):02}"
    return "published:" + chance.choice(
        (f"[{low} TO {high}]", f"{{{low} TO {high}}}", f">={low}", f"<{high}", f"<={high}")
    )


def _scored(chance: random.Random) -> str:
    return chance.choice((_word, _phrase))(chance) + chance.choice(_SUFFIXES)


_LEAVES = (_scored, _scored, _term, _phrase, _near, _near, _near, _in_field, _keyword, _range)
