"""Documents made by chance: the fast reader refuses them or agrees with feedparser in every field."""

from collections import Counter
from collections.abc import Callable, Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.extractors.fast_and_sure import difference, fast

Record = Callable[[str, object], None]
Texts = st.SearchStrategy[str]

PREFIXES = {
    "atom": "http://www.w3.org/2005/Atom", "a10": "http://www.w3.org/2005/Atom", "yt": "urn:yt", "thr": "urn:thr",
    "content": "http://purl.org/rss/1.0/modules/content/", "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/", "media": "http://search.yahoo.com/mrss/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0", "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/", "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "georss": "http://www.georss.org/georss", "pheedo": "urn:pheedo", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
}  # fmt: skip
STRANGE = {**PREFIXES, "dc": "urn:not-dc", "media": "http://search.yahoo.com/mrss"}
WORDS = (
    "Ferry", "resumes", " ", "\n", "A &amp; B", "A &amp;amp; B", "&amp;#8217;", "&amp;bogus;", "&lt;b&gt;x&lt;/b&gt;",
    "&lt;p&gt;One&lt;/p&gt;", "&lt;script&gt;x()&lt;/script&gt;", "5 &lt; 6", "&#8217;", "&#146;", "&#128512;", "é",
    "CafÃ©", "â\u0080\u0099", "नमस्ते", "\u00a0", "\u200b", "e\u0301", "<![CDATA[<i>C</i> & D]]>", "<![CDATA[&#8217;]]>",
    "<![CDATA[&#1;]]>", "<![CDATA[&nbsp;&middot;]]>", "<!-- c -->", "<!-- & -->", "<?pi x?>", "&nbsp;", "&", "@",
    "desk@n.example (Desk)", "\u0085", "\ufffd", "]]", "base=", "\t",
)  # fmt: skip
DATES = (
    "Mon, 02 Mar 2026 10:00:00 +0530", "2026-03-02T10:00:00Z", "02 Mar 2026", "yesterday", "",
    "2026-03-02T10:00:00.5+05:30",
)  # fmt: skip
LINKS = (
    "https://n.example/1", "https:///n.example/2", "/relative", "https://n.example/?a=1&amp;b=2&amp;amp;c;", "1", "",
    "tag:n.example,2026:1", "www.n.example/3", "https://n.example/नमस्ते", "mailto:a@n.example",
)  # fmt: skip
ATTRIBUTES = (
    "", "", "", ' type="html"', ' type="text"', ' type="xhtml"', ' type="text/html"', ' xml:lang="hi_IN"',
    ' lang="hi"', ' xml:lang=""', ' isPermaLink="false"', ' isPermaLink="true"', ' xml:base="https://b.example/"',
    ' url="https://u.example/"', ' href="https://h.example/"', ' rel="alternate"',
    ' rel="self" href="https://s.example/"', ' term="T"', ' label="L"', ' domain="D"',
    ' yt:href="https://y.example/"', ' yt:count="3"', ' Type="html"', ' mode="escaped"', ' src="https://c.example/"',
)  # fmt: skip
TEXTUAL = (
    "title", "description", "summary", "content:encoded", "atom:summary", "atom:title", "media:title",
    "media:description", "dc:title", "dc:description", "content", "subtitle", "category", "dc:subject", "author",
    "dc:creator", "a10:author", "contributor", "dc:language", "language", "ttl", "sy:updatePeriod", "rights",
    "generator", "comments", "slash:comments", "source", "atom:source", "yt:video", "media:caption", "itunes:summary",
    "itunes:author", "media:keywords", "thr:total", "pheedo:origLink", "feedburner:origLink", "abstract", "body",
    "media:credit", "media:content", "media:group", "name", "email", "managingEditor", "webMaster", "cloud", "tags",
    "links", "media_title", "svg", "div", "georss:point",
)  # fmt: skip
LINKING = (
    "link",
    "atom:link",
    "guid",
    "id",
    "atom:id",
    "enclosure",
    "source",
    "feedburner:origLink",
    "comments",
    "docs",
)
DATED = (
    "pubDate",
    "published",
    "atom:updated",
    "dc:date",
    "dcterms:created",
    "updated",
    "dcterms:issued",
    "lastBuildDate",
)


def texts(words: Sequence[str], most: int = 3) -> Texts:
    return st.lists(st.sampled_from(words), max_size=most).map("".join)


def elements(names: Sequence[str], inside: Texts) -> Texts:
    return st.builds(
        lambda name, attributes, text: f"<{name}{attributes}>{text}</{name}>",
        st.sampled_from(names),
        st.sampled_from(ATTRIBUTES),
        inside,
    )


def leaves() -> Texts:
    return st.one_of(
        elements(TEXTUAL, texts(WORDS)),
        elements(LINKING, st.sampled_from(LINKS)),
        elements(DATED, st.sampled_from(DATES)),
    )


def parents() -> Texts:
    names = (
        "media:group",
        "media:content",
        "author",
        "atom:author",
        "source",
        "yt:box",
        "image",
        "contributor",
        "items",
    )
    return elements(names, st.lists(leaves(), max_size=3).map("".join))


def entries() -> Texts:
    """Sound ones, mostly, with up to four further elements of any kind before, between and after."""
    sound = (
        "<title>Ferry resumes</title>", "<link>https://n.example/1</link>", "<guid>https://n.example/1</guid>",
        "<pubDate>Mon, 02 Mar 2026 10:00:00 +0530</pubDate>", "<description>It sails.</description>",
    )  # fmt: skip
    atom = (
        '<title type="html">Ferry</title>', '<link href="https://n.example/1"/>', "<id>1</id>",
        "<updated>2026-03-02T10:00:00Z</updated>", '<content type="html">&lt;p&gt;It sails.&lt;/p&gt;</content>',
    )  # fmt: skip
    return st.builds(
        lambda own, more, order: "".join(order.sample([*own, *more], len(own) + len(more))),
        st.sampled_from((sound, sound, sound[1:], sound[:1] + sound[2:], atom, ())),
        st.lists(st.one_of(leaves(), leaves(), parents()), max_size=4),
        st.randoms(use_true_random=False),
    )


def documents() -> Texts:
    return st.builds(
        _document,
        st.sampled_from(("rss", "rss", "feed", "rdf")),
        st.sampled_from((PREFIXES, PREFIXES, PREFIXES, STRANGE)),
        st.lists(st.one_of(leaves(), parents()), max_size=2).map("".join),
        st.lists(entries(), min_size=1, max_size=3),
    )


def _document(kind: str, prefixes: dict[str, str], channel: str, items: list[str]) -> str:
    inside = channel + "".join(items)
    declared = "".join(f' xmlns:{one}="{uri}"' for one, uri in prefixes.items() if f"{one}:" in inside or one == "rdf")
    if kind == "feed":
        body = channel + "".join(f"<entry>{item}</entry>" for item in items)
        return f'<feed xmlns="http://www.w3.org/2005/Atom"{declared}><title>News</title>{body}</feed>'
    body = "".join(f'<item rdf:about="{number}">{item}</item>' for number, item in enumerate(items))
    if kind == "rdf":
        return f'<rdf:RDF xmlns="http://purl.org/rss/1.0/"{declared}><channel>{channel}</channel>{body}</rdf:RDF>'
    return f'<rss version="2.0"{declared}><channel><title>News</title>{channel}{body}</channel></rss>'


def test_documents_made_by_chance_are_refused_or_read_alike(record_property: Record) -> None:
    counts: Counter[str] = Counter()

    @settings(max_examples=250, deadline=None, database=None)
    @given(documents(), st.sampled_from(("", "", '<?xml version="1.0" encoding="utf-8"?>', "\ufeff", "<!-- x -->")))
    def compare(document: str, prolog: str) -> None:
        content = (prolog + document).encode()
        counts["documents"] += 1
        counts["read fast"] += fast(content) is not None
        assert difference(content) is None

    compare()
    record_property("figures", f"{', '.join(f'{count:,} {what}' for what, count in counts.items())}, 0 different")
    assert counts["read fast"] > counts["documents"] / 20
