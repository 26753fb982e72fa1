"""Documents for tests of the index: short ones by hand, and many from a seeded generator."""

import hashlib
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from newsdesk.index import Document

START = datetime(2026, 11, 1, tzinfo=UTC)
SOURCES = ("Courier", "Evening Post", "संवाद")
LANGUAGES = ("en", "hi", "ja", None)
TOPICS = ("energy", "banking", "sport")
AUTHORS = ("A. Writer", "B. Writer")
WORDS = ("oil", "bank", "banks", "banking", "citibank", "price", "prices", "gold", "apple", "a", "b", "c")
OTHER_WORDS = ("नई", "दिल्ली", "東京", "京", "Café", "U.S.", "AT&T", "O’Brien", "🚀", "Straße", "e-mail", "삼성전자")


def identity(name: object) -> str:
    """A valid id made from anything."""
    return hashlib.sha256(str(name).encode()).hexdigest()[:32]


def document(name: object, body: str = "", *, title: str = "", minutes: int = 0) -> Document:
    """A plain document that arrived `minutes` after START."""
    seen = START + timedelta(minutes=minutes)
    return Document(
        id=identity(name),
        version=1,
        url=f"https://news.example/{name}",
        title=title,
        body=body,
        source="Courier",
        language="en",
        first_seen=seen,
        fetched=seen,
        published=seen,
    )


def many(count: int, seed: int) -> list[Document]:
    """Small texts of few words, so that phrases, NEAR and overlaps happen often."""
    chance = random.Random(seed)
    return [_any(chance, number) for number in range(count)]


def _any(chance: random.Random, number: int) -> Document:
    plain = document(number, _text(chance, 14), title=_text(chance, 4), minutes=chance.randrange(40_000))
    return replace(
        plain,
        source=chance.choice(SOURCES),
        language=chance.choice(LANGUAGES),
        topics=tuple(chance.sample(TOPICS, chance.randrange(3))),
        authors=tuple(chance.sample(AUTHORS, chance.randrange(3))),
        story=chance.choice((None, "s1", "s2")),
        published=chance.choice((None, START + timedelta(hours=chance.randrange(800)))),
    )


def _text(chance: random.Random, longest: int) -> str:
    words = [chance.choice(OTHER_WORDS if chance.random() < 0.2 else WORDS) for _ in range(chance.randrange(longest))]
    return chance.choice((" ", ", ", "\n\n")).join(words)
