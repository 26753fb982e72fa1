"""Names of feed elements, as feedparser understands them.

feedparser goes by the namespace where it knows it and by the prefix elsewhere, and has a rule for some 110 names; all
other elements it only notes down under their names. These tables say which is which for the reader that goes before
it; a test holds them to the feedparser that is installed.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from .prose import words

# The prefix that feedparser gives to a namespace, written in lower case; "" for the feed formats themselves.
STANDARD_PREFIXES: Final[dict[str, str]] = {
    "": "",
    "http://backend.userland.com/rss": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://example.com/newformat#": "",
    "http://example.com/necho": "",
    "http://purl.org/echo/": "",
    "uri/of/echo/namespace#": "",
    "http://purl.org/pie/": "",
    "http://purl.org/atom/ns#": "",
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/rss/1.0/modules/rss091#": "",
    "http://webns.net/mvcb/": "admin",
    "http://purl.org/rss/1.0/modules/aggregation/": "ag",
    "http://purl.org/rss/1.0/modules/annotate/": "annotate",
    "http://media.tangent.org/rss/1.0/": "audio",
    "http://backend.userland.com/blogchannelmodule": "blogChannel",
    "http://creativecommons.org/ns#license": "cc",
    "http://web.resource.org/cc/": "cc",
    "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "creativeCommons",
    "http://backend.userland.com/creativecommonsrssmodule": "creativeCommons",
    "http://purl.org/rss/1.0/modules/company": "co",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://my.theinfo.org/changed/1.0/rss/": "cp",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://purl.org/rss/1.0/modules/email/": "email",
    "http://purl.org/rss/1.0/modules/event/": "ev",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://freshmeat.net/rss/fm/": "fm",
    "http://xmlns.com/foaf/0.1/": "foaf",
    "http://www.w3.org/2003/01/geo/wgs84_pos#": "geo",
    "http://www.georss.org/georss": "georss",
    "http://www.opengis.net/gml": "gml",
    "http://postneo.com/icbm/": "icbm",
    "http://purl.org/rss/1.0/modules/image/": "image",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://example.com/dtds/podcast-1.0.dtd": "itunes",
    "http://purl.org/rss/1.0/modules/link/": "l",
    "http://search.yahoo.com/mrss": "media",
    "http://search.yahoo.com/mrss/": "media",
    "http://madskills.com/public/xml/rss/module/pingback/": "pingback",
    "http://prismstandard.org/namespaces/1.2/basic/": "prism",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://www.w3.org/2000/01/rdf-schema#": "rdfs",
    "http://purl.org/rss/1.0/modules/reference/": "ref",
    "http://purl.org/rss/1.0/modules/richequiv/": "reqv",
    "http://purl.org/rss/1.0/modules/search/": "search",
    "http://purl.org/rss/1.0/modules/slash/": "slash",
    "http://schemas.xmlsoap.org/soap/envelope/": "soap",
    "http://purl.org/rss/1.0/modules/servicestatus/": "ss",
    "http://hacks.benhammersley.com/rss/streaming/": "str",
    "http://purl.org/rss/1.0/modules/subscription/": "sub",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://schemas.pocketsoap.com/rss/mydescmodule/": "szf",
    "http://purl.org/rss/1.0/modules/taxonomy/": "taxo",
    "http://purl.org/rss/1.0/modules/threading/": "thr",
    "http://purl.org/rss/1.0/modules/textinput/": "ti",
    "http://madskills.com/public/xml/rss/module/trackback/": "trackback",
    "http://wellformedweb.org/commentapi/": "wfw",
    "http://purl.org/rss/1.0/modules/wiki/": "wiki",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.w3.org/1999/xlink": "xlink",
    "http://www.w3.org/xml/1998/namespace": "xml",
    "http://podlove.org/simple-chapters": "psc",
}
# Elements for which feedparser has a rule, as `prefix_name`.
RULED: Final = words(
    """
    abstract author body category cc_license channel cloud content content_encoded contributor copyright created
    creativecommons_license dc_author dc_contributor dc_creator dc_date dc_description dc_language dc_publisher
    dc_rights dc_subject dc_title dcterms_created dcterms_issued dcterms_modified dcterms_valid description email
    enclosure entry expirationdate feed feedburner_browserfriendly fullitem generator geom georss_box georss_line
    georss_point georss_polygon georss_where georssgeom gml_exterior gml_linearring gml_linestring gml_point
    gml_polygon gml_pos gml_poslist guid height homepage id image info issued item itunes_author itunes_block
    itunes_category itunes_email itunes_explicit itunes_image itunes_keywords itunes_link itunes_name itunes_owner
    itunes_subtitle itunes_summary keywords language lastbuilddate link managingeditor media_category media_content
    media_credit media_description media_group media_keywords media_license media_player media_rating
    media_restriction media_thumbnail media_title modified name newlocation psc_chapter psc_chapters pubdate published
    rights rss source subtitle summary tagline tags textinput title updated uri url webmaster where width xhtml_body
    """
)
# What our reading asks of feedparser's result, and the names that feedparser itself turns into one of these: an
# element that is only noted down must not bear such a name.
ASKED: Final = words(
    """
    author author_detail authors base channel content created date description entries feed feedburner_origlink
    guid guidislink href id issued items language link links media_caption modified pheedo_origlink published
    published_parsed source summary summary_detail sy_updatefrequency sy_updateperiod tagline tags title title_detail
    ttl updated updated_parsed url
    """
)
# Names of tags by which feedparser knows HTML.
HTML_TAGS: Final = words(
    """
    a abbr acronym address area article aside audio b big blockquote br button canvas caption center cite code
    col colgroup command datagrid datalist dd del details dfn dialog dir div dl dt em event-source fieldset
    figcaption figure font footer form h1 h2 h3 h4 h5 h6 header hr i img input ins kbd keygen label legend li m
    map menu meter multicol nav nextid noscript ol optgroup option output p pre progress q s samp section select
    small sound source spacer span strike strong sub sup table tbody td textarea tfoot th thead time tr tt u ul
    var video
    """
)
_PREFIXES: Final = frozenset(prefix.lower() for prefix in STANDARD_PREFIXES.values() if prefix)
# No namespace of another meaning may come under a prefix that decides how an element is read.
_RESERVED: Final = frozenset(name.partition("_")[0] for name in RULED | ASKED if "_" in name) | {"rdf", "xml"}
_USERLAND: Final = "backend.userland.com/rss"  # feedparser takes all its namespaces for RSS


def is_familiar(prefixes: Iterable[tuple[str | None, str]]) -> bool:
    """Whether these declarations (prefix, namespace) leave no doubt what feedparser makes of the prefixes."""
    return all(_is_familiar(prefix, namespace) for prefix, namespace in prefixes)


@lru_cache(maxsize=1024)
def _is_familiar(prefix: str | None, namespace: str) -> bool:
    known = STANDARD_PREFIXES.get(namespace.lower())
    if not (prefix or "").isascii():
        return False
    if prefix is None or prefix == known:
        return _USERLAND not in namespace.lower()
    if known is None:
        return prefix.lower() not in _RESERVED and _USERLAND not in namespace.lower()
    return prefix.lower() not in _PREFIXES


@lru_cache(maxsize=4096)
def is_only_noted(tag: str, prefix: str | None) -> bool:
    """Whether feedparser has no rule for the element, and nobody here looks at what it notes down.

    `tag` is in the notation of lxml, `{namespace}name`; `prefix` is the one that the document uses.
    """
    namespace, _, name = tag.removeprefix("{").rpartition("}")
    known = STANDARD_PREFIXES.get(namespace.lower(), prefix or "").lower()
    key = f"{known}_{name.lower()}" if known else name.lower()
    return key.isascii() and key not in RULED and key not in ASKED


def tags_of(*names: str) -> tuple[str, ...]:
    """The tags, in the notation of lxml, of elements that are named as in `dc:date`; `date` is of a feed format."""
    return tuple(tag for name in names for tag in _tags(*name.rpartition(":")[::2]))


def _tags(prefix: str, name: str) -> Iterable[str]:
    if not prefix:
        return (name, *(f"{{{namespace}}}{name}" for namespace in _FORMATS))
    return (f"{{{namespace}}}{name}" for namespace in _MODULES[prefix])


_FORMATS: Final = ("http://www.w3.org/2005/Atom", "http://purl.org/rss/1.0/")
_MODULES: Final = {
    "content": ("http://purl.org/rss/1.0/modules/content/",),
    "dc": ("http://purl.org/dc/elements/1.1/",),
    "dcterms": ("http://purl.org/dc/terms/",),
    "feedburner": ("http://rssnamespace.org/feedburner/ext/1.0",),
    "media": ("http://search.yahoo.com/mrss/", "http://search.yahoo.com/mrss"),
    "sy": ("http://purl.org/rss/1.0/modules/syndication/",),
}
