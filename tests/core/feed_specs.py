"""Feeds of a watchlist with any settings, for property tests."""

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, composite

from newsdesk.model import FeedSpec

_LINES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1, max_size=20).map(str.strip)
_SHOWN = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn"))
_NAMES = st.text(_SHOWN, min_size=1, max_size=30).map(str.strip).filter(lambda text: bool(text) and text.isprintable())
_VALUES = st.text(
    st.characters(exclude_categories=("Cs", "Cn", "Co"), min_codepoint=0x20) | st.sampled_from("\t\n"), max_size=30
).map(str.strip)
_OTHERS = st.sampled_from(
    (
        "htmlUrl",
        "title",
        "type",
        "language",
        "category",
        "description",
        "X",
        "{https://reader.example/ns}rank",
        "{urn:other}rank",
    )
)
_FOLDERS = (
    st.sampled_from(("News", "News/India", "News//India/", " / ", "A & B", "A &amp; B/<b>", "समाचार/भाव")) | _NAMES
)


@composite
def feed_specs(draw: DrawFn) -> FeedSpec:
    """A feed that the watchlist accepts."""
    some = st.none()
    return FeedSpec(
        url=draw(st.integers(0, 10**6).map(lambda number: f"https://user:word@p{number}.example/f?a=1&b={number}")),
        name=draw(_NAMES),
        language=draw(some | st.sampled_from(("en", "hi", "ast"))),
        tier=draw(st.integers(1, 3)),
        every_seconds=draw(some | st.integers(10, 30 * 86400)),
        default_zone=draw(some | st.sampled_from(("Asia/Kolkata", "UTC"))),
        day_first=draw(st.booleans()),
        licence=draw(some | _NAMES),
        engine=draw(some | st.sampled_from(("cascade", "newspaper"))),
        user_agent=draw(some | _LINES.filter(bool)),
        headers=tuple(
            draw(st.dictionaries(st.sampled_from(("Cookie", "X-Token", "Accept")), _LINES.filter(bool))).items()
        ),
        proxy=draw(some | st.just("http://u:p@proxy.example:8080")),
        robots=draw(st.booleans()),
        websub=draw(st.booleans()),
        back_fill=draw(st.booleans()),
        folder=draw(some | _FOLDERS.map(str.strip).filter(bool)),
        outline=tuple(
            draw(st.dictionaries(_OTHERS, _VALUES | st.sampled_from(("en", "en-us", "/A/B"))).map(_exact)).items()
        ),
    )


def _exact(outline: dict[str, str]) -> dict[str, str]:
    """Without what an export writes by itself."""
    return {name: value for name, value in outline.items() if (name, value) != ("type", "rss")}
