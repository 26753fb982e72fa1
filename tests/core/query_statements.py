"""The query language as a table: what finds what. Every back end must agree."""

from typing import NamedTuple


class Statement(NamedTuple):
    """`query` finds (or does not find) the article of `title` and `body`."""

    query: str
    title: str
    body: str
    is_found: bool


def _found(query: str, *bodies: str) -> list[Statement]:
    return [Statement(query, "", body, is_found=True) for body in bodies]


def _missed(query: str, *bodies: str) -> list[Statement]:
    return [Statement(query, "", body, is_found=False) for body in bodies]


def _titled(query: str, title: str, body: str, *, is_found: bool) -> list[Statement]:
    return [Statement(query, title, body, is_found=is_found)]


WORDS = [
    *_found("apple", "Apple's profit", "APPLE", "pear, apple; plum", "(apple)", "apple"),
    *_titled("Apple", "APPLE news", "", is_found=True),
    *_missed("apple", "apples", "pineapple", "app le", ""),
    *_found("cafe", "Café opened", "CAFE\u0301"),
    *_found("Café", "cafe"),
    *_found("strasse", "Straße", "STRASSE", "STRAẞE"),
    *_found("lodz", "Łódź"),
    *_found("Ålesund", "alesund"),
    *_found("københavn", "Kobenhavn"),
    *_found("finance", "ﬁnance"),  # a ligature
    *_found("tokyo", "Ｔｏｋｙｏ"),  # full width
    *_found("encyclopaedia", "encyclopædia"),
    *_found("istanbul", "İSTANBUL", "ıstanbul"),
    *_found("Azarbaycan", "Azərbaycan"),  # as Elasticsearch folds it
    *_found("O'Brien", "Conan O’Brien said", "o brien"),
    *_found("brien", "O'Brien"),
    *_found("U.S.", "the U.S. economy", "U S"),
    *_missed("U.S.", "u and s", "us"),
    *_found("AT&T", "AT&T Corp", "at t"),
    *_missed("AT&T", "t at"),
    *_found("e-mail", "e mail", "E-Mail"),
    *_missed("e-mail", "email"),
    *_found("example", "see example.com now"),
    *_found("example.com", "example com", "www.example.com/page"),
    *_found("1,000", "1,000 people", "1 000"),
    *_missed("1,000", "1000"),
    *_found("3.5", "3.5 percent"),
    *_found("C++", "C, B and A"),  # the signs are no letters
    *_found("#metoo", "the #MeToo movement"),
    *_found("@reuters", "by @Reuters"),
    *_found("$AAPL", "aapl"),
    *_found("covid19", "COVID19"),
    *_missed("covid19", "covid 19"),
    *_found("h₂o", "h o"),  # a subscript is no digit
]

CHARACTERS = [
    *_found("brennpunkt", "Brenn\u00adpunkt", "Brenn\u2060punkt", "brenn\ufeffpunkt"),
    *_found("brenn\u00adpunkt", "Brennpunkt"),
    *_missed("brenn", "Brenn\u00adpunkt"),
    *_found("brenn", "Brenn\u200bpunkt"),  # a zero width space separates
    *_missed("brennpunkt", "Brenn\u200bpunkt"),
    *_found("नई", "नई दिल्ली"),
    *_found('"नई दिल्ली"', "आज नई दिल्ली में"),
    *_missed("दिल", "दिल्ली"),
    *_found("शक्ति", "शक्\u200dति", "शक्\u200cति"),
    *_found("東京", "新しい東京で", "東京都"),
    *_missed("東京", "京東", "東の京"),
    *_found("東京*", "東京都"),  # such words are found inside longer ones anyway
    *_found("東 NEAR/1 京", "京の東"),
    *_found("豈", "\uf900"),  # a compatibility ideograph
    *_found("\uf900", "豈"),
    *_found("ガス", "ｶﾞｽ"),  # half width
    *_found("ニュース", "NHKニュース"),
    *_found("NHKニュース", "nhk ニュース"),
    *_missed("キロ", "5㌔"),  # squared kana is a symbol
    *_found("5", "5㌔"),
    *_found("が", "か\u3099"),
    *_found("москва", "Москва"),
    *_missed("москва", "Москве"),
    *_missed("елка", "ёлка"),  # only Latin letters lose their marks
    *_found("σοφος", "ΣΟΦΟΣ", "σοφοσ"),
    *_found("한국", "한국 경제"),
    *_missed("한국", "한국은"),
    *_found("한국*", "한국은"),
    *_found("ไทย", "ไทย"),
    *_found("rocket", "🚀rocket🚀", "rocket👩‍🚀"),
    *_found('"to moon"', "to 🚀 moon"),  # an emoji is no token
    *_found("ok", "o\u200dk", "OK\ufe0f"),
    *_found("𞤀𞤁", "𞤢𞤣"),  # a script with cases beyond the basic plane
]

PHRASES = [
    *_found('"stock price"', "the stock price fell", "Stock-Price", "stock, price"),
    *_missed('"stock price"', "stock prices", "price stock", "stock the price"),
    *_titled('"stock price"', "stock", "price", is_found=False),
    *_titled("stock price", "stock", "price", is_found=True),
    *_found('"stock price*"', "stock prices", "stock price"),
    *_found('"stock* price"', "stocks price"),
    *_found('"colo?r tv"', "colour tv"),
    *_found('"*bank crisis"', "Citibank crisis"),
    *_found("“a b”", "a b"),
    *_found("„a b“", "a b"),
    *_found("«a b»", "a b"),
    *_found("»a b«", "a b"),
    *_missed("“a b”", "a x b"),
    *_found('"a a b"', "a a a b"),
    *_missed('"a a b"', "a b"),
    *_found('"and"', "and"),
    *_found('"a AND b"', "a and b"),
    *_found('"title: x"', "title x"),
    *_found('"say \\"no\\" now"', "say no now"),
    *_found('"a b" "c d"', "c d a b"),
    *_found('"one"', "one"),
    *_found('"the" -"a b"', "the b a"),
]

WILDCARDS = [
    *_found("apple*", "apples", "apple", "applesauce"),
    *_missed("apple*", "appl", "pineapple"),
    *_found("colo?r", "colour color"),
    *_missed("colo?r", "color"),
    *_found("colo*r", "color", "colour", "colonizer"),
    *_found("*bank", "Citibank", "bank"),
    *_missed("*bank", "banks"),
    *_found("*bank*", "Citibanks"),
    *_found("?bank", "xbank"),
    *_missed("?bank", "bank", "citibank"),
    *_found("ab*cd*ef", "abxcdcdyef", "abcdef"),
    *_missed("ab*cd*ef", "abefcd", "abcdefg"),
    *_found("organi?ation", "organisation", "organization"),
    *_found("üb*", "über", "uber"),
    *_found("stras*", "Straße"),
    *_found("straß*", "strasse"),
    *_missed("appl\\*", "apples"),
    *_found("apple\\*", "apple"),
    *_found("what\\?", "what"),
    *_missed("what?", "what"),
    *_found("what?", "whats"),
    *_found("e-mail*", "e mails"),
    *_found("दिल्*", "दिल्ली"),
    *_found("ニュー*", "ニュース"),
    *_titled("title:app*", "", "apples", is_found=False),
    *_titled("title:app*", "Apples", "", is_found=True),
]

OPERATORS = [
    *_found("a OR b AND c", "a", "b c"),
    *_missed("a OR b AND c", "b", "c"),
    *_found("a OR b c", "b c", "a"),
    *_missed("a OR b c", "b", "c"),
    *_found("a AND b OR c", "c", "a b"),
    *_missed("a AND b OR c", "a", "b"),
    *_missed("(a OR b) c", "a", "c"),
    *_found("(a OR b) c", "c a", "b c"),
    *_found("((a))", "a"),
    *_missed("a and b", "a b"),
    *_found("a and b", "a b and"),
    *_found("a or b", "a b or"),
    *_found("a not b", "a not b"),
    *_found("a NOT b", "a"),
    *_missed("a NOT b", "a b", "b"),
    *_found("a AND NOT b", "a"),
    *_missed("a -b", "a b"),
    *_found("a -b", "a"),
    *_found("a !b", "a"),
    *_missed("a !b", "a b"),
    *_found("+a +b", "a b"),
    *_missed("+a +b", "a"),
    *_found("-a", "b", ""),
    *_found("NOT a", "b", ""),
    *_missed("NOT a", "a"),
    *_found("NOT NOT a", "a"),
    *_found("a OR NOT b", "c", "a b"),
    *_missed("a OR NOT b", "b"),
    *_missed("a -(b OR c)", "a c"),
    *_found("a -(b c)", "a c"),
    *_missed("a NOT b c", "a b c", "a"),
    *_found("a NOT b c", "a c"),
    *_found("a && b || c", "c", "a b"),
    *_missed("a && b || c", "b"),
    *_found("a&&b", "b x a"),
    *_found("a||b", "b"),
    *_found("\\AND", "and"),
    *_missed("\\AND", "or"),
    *_found("*:*", "", "anything"),
    *_found("*", "", "anything"),
    *_found("a *:*", "a"),
    *_missed("a -*:*", "a"),
    *_found("a^2 OR b^0.5", "b"),
    *_found("(a b)^3", "a b"),
    *_found("a\n  b\tc", "c b a"),
    *_found("a # the first\n# a whole line\nb", "a b"),
    *_found("a # OR c\nb", "a b"),
    *_found("\ufeffa\u200b OR\u200e b", "b"),  # invisible characters of pasted text
    *_found("Yahoo!", "yahoo"),
]

FIELDS = [
    *_titled("title:x", "", "x", is_found=False),
    *_titled("title:x", "x", "", is_found=True),
    *_titled("TITLE:x", "x", "", is_found=True),
    *_titled("title: x", "x", "", is_found=True),
    *_titled("body:x", "x", "", is_found=False),
    *_titled("text:x", "x", "", is_found=True),
    *_titled("text:x", "", "x", is_found=True),
    *_titled("text:(x y)", "x", "y", is_found=True),
    *_titled("title:(x OR y) z", "y", "z", is_found=True),
    *_titled("title:(x OR y) z", "z", "y", is_found=False),
    *_titled("title:(x y)", "x", "y", is_found=False),
    *_titled("title:(x -y)", "x", "y", is_found=True),
    *_titled("title:(x -y)", "x y", "", is_found=False),
    *_titled('title:"x y"', "x y", "", is_found=True),
    *_titled('title:"x y"', "x", "y", is_found=False),
    *_titled("-title:x", "y", "x", is_found=True),
    *_titled("NOT title:x", "x", "", is_found=False),
    *_titled("title:x body:y", "x", "y", is_found=True),
    *_titled("title:x y", "x", "y", is_found=True),  # the field holds for the next word only
    *_titled("title:AT&T", "AT&T", "", is_found=True),
    *_titled("x", "", "", is_found=False),
    *_titled('"x y"', "a x", "y b", is_found=False),
]

NEAR = [
    *_found("a NEAR/0 b", "b a", "a b"),
    *_missed("a NEAR/0 b", "a x b"),
    *_found("a NEAR/1 b", "a x b", "b x a"),
    *_missed("a NEAR/1 b", "a x x b", "a", "b"),
    *_titled("a NEAR/5 b", "a", "b", is_found=False),
    *_titled("a NEAR/5 b", "a b", "", is_found=True),
    *_missed("a NEAR/5 a", "a x"),
    *_found("a NEAR/5 a", "a x a", "a a"),
    *_missed('"a b" NEAR/5 b', "a b"),
    *_found('"a b" NEAR/5 b', "a b b", "b a b"),
    *_missed('"a b" NEAR/4 "b c"', "a b c"),
    *_found('"a b" NEAR/0 "b c"', "a b b c"),
    *_found("a PRE/2 b", "a x b", "a b"),
    *_missed("a PRE/2 b", "b a", "a x x x b"),
    *_missed("a W/2 b", "b a"),
    *_found("a W/2 b", "a x x b"),
    *_found("a PRE/0 b", "b a b"),
    *_found('"a b"~2', "b x a", "a x x b"),
    *_missed('"a b"~2', "a x x x b"),
    *_found('(p OR "q r") NEAR/1 s', "s x q r", "p s"),
    *_missed('(p OR "q r") NEAR/1 s', "q s", "s x x p"),
    *_found("(a OR b) NEAR/1 (c OR d)", "d b"),
    *_missed("a NEAR/2 b c", "a b"),
    *_found("a NEAR/2 b c", "a b x x x c"),
    *_found("a b NEAR/2 c", "c b x x x a"),
    *_missed("NOT a NEAR/2 b", "a b"),
    *_found("NOT a NEAR/2 b", "a x x x b"),
    *_found("x OR a NEAR/1 b", "b a"),
    *_found("infla* NEAR/3 rate?", "the inflation and interest rates"),
    *_missed("infla* NEAR/1 rate?", "the inflation and interest rates"),
    *_titled("title:(a NEAR/3 b)", "a b", "", is_found=True),
    *_titled("title:(a NEAR/3 b)", "", "a b", is_found=False),
    *_titled("title:a NEAR/3 title:b", "b a", "", is_found=True),
    *_found("a NEAR/50 b", "a " + "x " * 50 + "b"),
    *_missed("a NEAR/50 b", "a " + "x " * 51 + "b"),
    *_found("U.S. NEAR/1 oil", "oil in u s"),
    *_missed("U.S. NEAR/0 oil", "oil in u s"),
    *_found("((a OR b) OR c) NEAR/0 d", "c d"),
]

STATEMENTS = [*WORDS, *CHARACTERS, *PHRASES, *WILDCARDS, *OPERATORS, *FIELDS, *NEAR]


class FieldStatement(NamedTuple):
    """`query` finds (or does not find) an article of Reuters, in English, of 15 January 2026, 12:00 UTC."""

    query: str
    is_found: bool


# The article: source "Reuters", lang "en", topics oil and opec-plus, authors "Ann Lee" and "Bo Ek", no story.
OF_FIELDS = [
    FieldStatement("source:Reuters", is_found=True),
    FieldStatement('source:"Reuters"', is_found=True),
    FieldStatement("source:reuters", is_found=False),  # values are exact
    FieldStatement('source:("BBC News" OR Reuters)', is_found=True),
    FieldStatement("source:(AP OR AFP)", is_found=False),
    FieldStatement("-source:Reuters", is_found=False),
    FieldStatement("lang:en", is_found=True),
    FieldStatement("lang:(de OR fr)", is_found=False),
    FieldStatement("topic:oil", is_found=True),
    FieldStatement("topic:opec-plus topic:oil", is_found=True),
    FieldStatement("topic:gas", is_found=False),
    FieldStatement('author:"Bo Ek"', is_found=True),
    FieldStatement("author:Bo", is_found=False),
    FieldStatement("author:Ann\\ Lee", is_found=True),
    FieldStatement("story:x", is_found=False),
    FieldStatement("NOT story:x", is_found=True),
    FieldStatement("published:2026-01-15", is_found=True),
    FieldStatement("published:2026-01-14", is_found=False),
    FieldStatement("published:2026-01", is_found=True),
    FieldStatement("published:2026", is_found=True),
    FieldStatement("published:2025", is_found=False),
    FieldStatement("published:>=2026-01-15", is_found=True),
    FieldStatement("published:>2026-01-15", is_found=False),  # a day is all of it
    FieldStatement("published:>2026-01-14", is_found=True),
    FieldStatement("published:<=2026-01-15", is_found=True),
    FieldStatement("published:<2026-01-15", is_found=False),
    FieldStatement("published:<2026-01-16", is_found=True),
    FieldStatement("published:>=2026-01-15T12:00", is_found=True),
    FieldStatement("published:>2026-01-15T12:00", is_found=False),
    FieldStatement("published:>2026-01-15T12:59+01:00", is_found=True),
    FieldStatement("published:>=2026-01-15T12:01:00Z", is_found=False),
    FieldStatement("published:[2026-01-01 TO 2026-01-15]", is_found=True),
    FieldStatement("published:[2026-01-01 TO 2026-01-15}", is_found=False),
    FieldStatement("published:{2026-01-15 TO 2026-01-31]", is_found=False),
    FieldStatement("published:{2026-01-14 TO *]", is_found=True),
    FieldStatement("published:[* TO 2026-01-14]", is_found=False),
    FieldStatement("published:[* TO *]", is_found=True),
    FieldStatement('published:["2026-01-15T12:00:00Z" TO 2026-01-15T12:00:00Z]', is_found=True),
    FieldStatement("published: > 2026-01-14", is_found=True),
    FieldStatement('published:>="2026-01-15"', is_found=True),
    FieldStatement("published:>=now-7d", is_found=True),  # now is 16 January 2026, 06:30
    FieldStatement("published:>=now-12h", is_found=False),
    FieldStatement("published:>=now/d", is_found=False),
    FieldStatement("published:>=now-1d/d", is_found=True),
    FieldStatement("published:>=now-1w+6d", is_found=True),
    FieldStatement("published:>=now-18h-30m/h", is_found=True),
    FieldStatement("published:<=now-18h-30m", is_found=True),
    FieldStatement("published:<now-18h-30m", is_found=False),
    FieldStatement("barrel source:Reuters", is_found=True),
    FieldStatement("barrel source:AP", is_found=False),
    FieldStatement("source:AP OR barrel", is_found=True),
]
