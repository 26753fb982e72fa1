"""Texts, articles and queries made by chance, for the tests of the language and of tagging."""

from hypothesis import settings
from hypothesis import strategies as st


def tries(count: int = 100) -> settings:
    """So many examples, however slow the machine is."""
    return settings(max_examples=count, deadline=None)


_ODD = (
    "\u00ad\u200b\u200c\u200d\u2060\ufe0f\U000e0100\u0301\u3099\u034f\u20e3"
    "éßŁøİıςΣﬁＡｶﾞ東京のガスタ뉴스दिल्लीไทย\uf900㌔½²🚀👩𞤀𝐀"
)

ANY_TEXT = st.text(
    st.one_of(st.sampled_from("aB1 .,'-\n"), st.sampled_from(_ODD), st.characters(exclude_categories=["Cs"])),
    max_size=40,
)

_WORDS = ("a", "b", "c", "ab", "abc", "abd", "bcd")
ARTICLE_TEXT = st.lists(st.sampled_from(_WORDS), max_size=12).map(" ".join)

_FIELD = st.sampled_from(("", "", "", "title:", "body:", "text:"))
_PATTERN = st.sampled_from((*_WORDS, "ab*", "?bcd", "*bcd", "ab?", "a?"))


def _words(count: int) -> st.SearchStrategy[str]:
    return st.lists(_PATTERN.filter(lambda p: not p.endswith("?")), min_size=2, max_size=count).map(
        lambda words: '"' + " ".join(words) + '"'
    )


_SIDE_PRIMARY = st.one_of(_PATTERN, _words(3))
_SIDE = st.one_of(
    _SIDE_PRIMARY, st.lists(_SIDE_PRIMARY, min_size=2, max_size=3).map(lambda sides: "(" + " OR ".join(sides) + ")")
)
_NEAR = st.builds(
    lambda field, a, operator, n, b: f"{field}({a} {operator}/{n} {b})",
    _FIELD,
    _SIDE,
    st.sampled_from(("NEAR", "PRE", "W")),
    st.integers(0, 4),
    _SIDE,
)
_VALUE = st.sampled_from(
    (
        "source:x",
        "source:(x OR y)",
        "lang:en",
        "published:>=2026-01-02",
        "published:<2026-01-02",
        "published:2026-01-02",
        "*:*",
    )
)
_LEAF = st.one_of(
    st.builds("".join, st.tuples(_FIELD, _PATTERN)),
    st.builds("".join, st.tuples(_FIELD, _PATTERN)),
    st.builds("".join, st.tuples(_FIELD, _words(3))),
    _NEAR,
    _VALUE,
    st.builds("{}^{}".format, _PATTERN, st.sampled_from((2, 0.5))),
)

QUERY_TEXT = st.recursive(
    _LEAF,
    lambda child: st.one_of(
        st.builds("({}) AND ({})".format, child, child),
        st.builds("({}) OR ({})".format, child, child),
        st.builds("{} OR {}".format, child, child),
        st.builds("NOT ({})".format, child),
        st.builds("({}) -({})".format, child, child),
    ),
    max_leaves=8,
)

FRAGMENTS = st.lists(
    st.sampled_from(
        (
            *(
                "a",
                "b*",
                "AND",
                "OR",
                "NOT",
                "(",
                ")",
                '"',
                "“",
                "”",
                "«",
                "-",
                "+",
                "!",
                "&&",
                "||",
                "NEAR/3",
                "PRE/2",
                "W/1",
            ),
            *(
                "NEAR",
                "~",
                "~2",
                "^2",
                "title:",
                "source:",
                "published:",
                ">=2026",
                "[2026 TO 2027]",
                "[",
                "}",
                "*:*",
                "*",
                "?",
            ),
            *("\\", "#", "\n", " ", " ", " ", ":", "/x/", "東", "\u00ad", "\u200b", "text:", "and", "now-1d"),
        )
    ),
    max_size=14,
).map("".join)
