"""Documents for tests of the index: short ones by hand, and many from a seeded generator."""

import hashlib
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from newsdesk import query
from newsdesk.index import Document

START = datetime(2026, 11, 1, tzinfo=UTC)
SOURCES = ("Courier", "Evening Post", "संवाद")
LANGUAGES = ("en", "hi", "ja", None)
TOPICS = ("energy", "banking", "sport")
AUTHORS = ("A. Writer", "B. Writer", 'C. "Ace" O’Neil \\ Sons', "डी. लेखक")
WORDS = ("oil", "bank", "banks", "banking", "citibank", "price", "prices", "gold", "apple", "a", "b", "c")
# Words of many scripts, as articles have them: cut by signs, with marks, with what is invisible, in several forms.
OTHER_WORDS = (
    *("U.S.", "AT&T", "O’Brien", "e-mail", "3.5", "1,000", "Apple's", "x_y", "C++", "#gold", "oil/gas", "№5"),
    *("Café", "Cafe\u0301", "Straße", "STRASSE", "İstanbul", "ISTANBUL", "Łódź", "ﬁnance", "Ｏｉｌ", "naïve", "ǅep"),
    *("so\u00adft", "soft", "oil\u2060price", "oil\u200bgold", "\u202eoil\u202c", "ba\ufe0fnk"),
    *("नई", "दिल्ली", "दिल्\u200dली", "क़ीमत", "क\u093cीमत", "বাংলা", "தமிழ்", "తెలుగు"),
    *(
        "東京",
        "京",
        "東",
        "東京タワー",
        "ニュース",
        "ﾆｭｰｽ",
        "ガス",
        "ｶﾞｽ",
        "の",
        "がっこう",
        "㌔",
        "\uf9e4",
        "里",
        "삼성전자",
        "삼성",
    ),
    *("Σίσυφος", "ΣΊΣΥΦΟΣ", "Москва", "й", "и\u0306", "القاهرة", "ירושלים", "ไทย", "ประเทศไทย", "မြန်မာ"),
    *("🚀", "👩\u200d💻", "🇮🇳", "oil🚀price", "½", "²", "Ⅷ", "𝐎𝐢𝐥", "𐐀𐐨"),
)


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
    longest = 80 if chance.random() < 0.1 else 14
    plain = document(number, _text(chance, longest), title=_text(chance, 4), minutes=chance.randrange(40_000))
    return replace(
        plain,
        source=chance.choice(SOURCES),
        language=chance.choice(LANGUAGES),
        topics=tuple(chance.sample(TOPICS, chance.randrange(3))),
        authors=tuple(chance.sample(AUTHORS, chance.randrange(3))),
        story=chance.choice((None, "s1", "s2")),
        published=chance.choice((None, START + timedelta(minutes=chance.randrange(48_000)))),
    )


def _text(chance: random.Random, longest: int) -> str:
    words = [chance.choice(OTHER_WORDS if chance.random() < 0.3 else WORDS) for _ in range(chance.randrange(longest))]
    return chance.choice((" ", " ", ", ", "\n\n", " – ", "\u3000")).join(words)


def analysed(document: Document) -> query.Document:
    """The document as the evaluator takes it."""
    return query.Document(
        title=document.title,
        body=document.body,
        source=document.source,
        lang=document.language,
        topic=document.topics,
        author=document.authors,
        story=document.story,
        published=document.published,
    )
