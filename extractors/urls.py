"""URLs: made absolute, reduced to a key, freed from redirectors. The URL that is fetched and shown stays as it is.

The rules of the canonical key, after RFC 3986 section 6.2 (what is equivalent by standard) and common practice
(what does not change the document): lower-case scheme and host, IDNA, no user, no default port, no dot segments,
upper-case escapes, escapes of unreserved characters resolved, no fragment except the routes that begin with `#!`, no
session id, no tracking parameters, the remaining parameters sorted. Everything else tells documents apart: scheme,
`www.`, other ports, case of the path, a final slash, `%2F` against `/`.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from .records import ExtractError

if TYPE_CHECKING:
    from yarl import URL

# Parameters that senders append for statistics: analytics suites, mail senders, advertising and social networks.
_TRACKING_PREFIXES: Final = ("utm_", "mtm_", "pk_", "piwik_", "matomo_", "itm_", "hsa_", "vero_", "at_custom")
_TRACKING_NAMES: Final = frozenset((
    "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "igshid",
    "igsh", "li_fat_id", "epik", "mc_cid", "mc_eid", "mkt_tok", "srsltid", "s_kwcid", "ef_id", "_openstat", "xtor",
    "oly_enc_id", "oly_anon_id", "wickedid", "_hsenc", "_hsmi", "__hstc", "__hssc", "__hsfp", "hsctatracking",
    "_bhlid", "_ga", "_gl", "guccounter", "guce_referrer", "guce_referrer_sig", "phpsessid", "jsessionid",
    "mibextid", "__twitter_impression", "wt_mc", "wt_zmc", "ml_subscriber", "ml_subscriber_hash",
))  # fmt: skip
# Names that mean something elsewhere, so they go only on the sites (with their subdomains) known to track by them.
_TRACKING_BY_SITE: Final[Mapping[str, frozenset[str]]] = {
    "bbc.co.uk": frozenset(("at_medium", "at_campaign", "at_link_id", "at_bbc_team", "ns_mchannel", "ns_source")),
    "bbc.com": frozenset(("at_medium", "at_campaign", "at_link_id", "at_bbc_team", "ns_mchannel", "ns_source")),
    "bloomberg.com": frozenset(("srnd", "sref", "cmpid", "leadsource")),
    "cnbc.com": frozenset(("__source",)),
    "dailymail.co.uk": frozenset(("ito",)),
    "economist.com": frozenset(("fsrc",)),
    "ft.com": frozenset(("ftcamp",)),
    "huffpost.com": frozenset(("ncid",)),
    "indiatimes.com": frozenset(("from", "frmapp")),
    "medium.com": frozenset(("source",)),
    "msn.com": frozenset(("ocid", "cvid")),
    "ndtv.com": frozenset(("pfrom",)),
    "newyorker.com": frozenset(("mbid",)),
    "nytimes.com": frozenset(("smid", "smtyp", "partner", "emc", "campaign_id", "ref")),
    "reuters.com": frozenset(("taid",)),
    "theguardian.com": frozenset(("cmp", "cmp_tu")),
    "thehindu.com": frozenset(("homepage",)),
    "twitter.com": frozenset(("s", "t", "ref_src", "ref_url")),
    "washingtonpost.com": frozenset(("wpisrc", "wpmm", "itid")),
    "wired.com": frozenset(("mbid",)),
    "wsj.com": frozenset(("mod", "reflink")),
    "x.com": frozenset(("s", "t", "ref_src", "ref_url")),
    "youtube.com": frozenset(("feature", "si", "pp")),
}
_GOOGLE: Final = re.compile(r"(?:www\.)?google\.(?:com?\.)?[a-z]{2,3}")
# Host and path of services that carry the true URL in a parameter.
_REDIRECTORS: Final[tuple[tuple[re.Pattern[str], str, tuple[str, ...]], ...]] = (
    (_GOOGLE, "/url", ("url", "q")),
    (re.compile(r"(?:www\.)?bing\.com"), "/news/apiclick.aspx", ("url",)),
    (re.compile(r"(?:www\.)?duckduckgo\.com"), "/l/", ("uddg",)),
    (re.compile(r"lm?\.facebook\.com"), "/l.php", ("u",)),
    (re.compile(r"l\.instagram\.com"), "/", ("u",)),
    (re.compile(r"out\.reddit\.com"), "", ("url",)),
    (re.compile(r"t\.umblr\.com"), "/redirect", ("z",)),
    (re.compile(r"(?:www\.)?youtube\.com"), "/redirect", ("q",)),
    (re.compile(r"(?:www\.)?linkedin\.com"), "/safety/go", ("url",)),
    (re.compile(r"(?:m\.)?vk\.com"), "/away.php", ("to",)),
    (re.compile(r"steamcommunity\.com"), "/linkfilter/", ("url", "u")),
    (re.compile(r"slack-redir\.net"), "/link", ("url",)),
)
_AMP_CACHE: Final = re.compile(r"[\w-]+\.cdn\.ampproject\.org")
_AMP_PATH: Final = re.compile(r"/(?:amp|[acv])/(?P<secure>s/)?(?P<rest>[^/]+\.[^/]+/?.*)")
_HOST: Final = re.compile(r"[a-z0-9_-][a-z0-9._-]*|[0-9a-f:.]*:[0-9a-f:.]*(?:%25[\w.-]+)?")
# Most links of news are their own key but for a plain query; to see that costs a tenth of parsing them.
_PLAIN: Final = re.compile(
    r"(?P<start>https?://(?P<host>(?:(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24})"
    r"(?:/(?!\.\.?(?:[/?#]|$))[\w.~-]*)+)(?:\?(?P<query>[\w.~=&-]*))?(?:#[\w-]*)?",
    re.ASCII,
)
_WRAPPINGS = 3  # redirectors within redirectors that are opened
_SESSION_ID: Final = re.compile(r";jsessionid=[^/?#;]*", re.IGNORECASE)
_IGNORED_IN_URLS: Final = re.compile(r"[\x00-\x1f\x7f]+")  # the WHATWG URL parser drops line ends and tabs too
_BLANKS: Final = re.compile(r"\s+")
_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})")
# An absolute URL to which none of the rules for others applies: it stays as it is.
_CLEAN_URL: Final = re.compile(
    r"https?://(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}/[\w.~!$&'()*+,=:@%/-]*+(?:\?[\w.~!$&'()*+,=:@%/?-]++)?",
    re.ASCII,
)
_STRAY_PERCENT: Final = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_NOT_IN_QUERY: Final = re.compile(r"[^!$%&'()*+,\-./0-9:;=?@A-Z_a-z~]")


def canonical_key(url: str) -> str:
    """What all spellings of this URL have in common; the same text for a key of a key.

    Raises ExtractError where `url` is not an absolute http(s) URL.
    """
    if plain := _PLAIN.fullmatch(url):
        return plain["start"] + (_kept_query(plain["query"].split("&"), plain["host"]) if plain["query"] else "")
    parsed = _parsed(url)
    host = (parsed.raw_host or "").rstrip(".")
    port = "" if parsed.explicit_port in (None, 80 if parsed.scheme == "http" else 443) else f":{parsed.explicit_port}"
    path = _SESSION_ID.sub("", parsed.raw_path)
    query = _canonical_query(urlsplit(_escaped_blanks(url)).query, host)
    fragment = f"#{parsed.raw_fragment}" if parsed.raw_fragment.startswith("!") else ""
    return f"{parsed.scheme}://{_bracketed(host)}{port}{path}{query}{fragment}"


def weak_key(url: str) -> str:
    """The canonical key with http and https, `www.` and no `www.` folded: good for guesses, not for identity."""
    rest = canonical_key(url).partition("://")[2]
    return rest.removeprefix("www.")


def path_key(url: str) -> str:
    """The canonical key without scheme and host: what a page keeps when its site goes to https or to another host."""
    return "/" + canonical_key(url).partition("://")[2].partition("/")[2]


def host_of(url: str) -> str:
    """The host in lower case and IDNA form, "" where there is none."""
    try:
        return _parsed(url).raw_host or ""
    except ExtractError:
        return ""


def absolute(link: str, base: str | None) -> str | None:
    """The http(s) URL that `link` means in a document at `base`, or None where it means none.

    The publisher's spelling stays, but for line ends and blanks, which no request may hold, and the scheme's case.
    """
    return link if _CLEAN_URL.fullmatch(link) else _joined(link, base)


def _joined(link: str, base: str | None) -> str | None:
    text = _escaped_blanks(link)
    if not text:
        return None
    try:
        joined = urljoin(base or "", text)
        scheme = _parsed(joined).scheme
    except (ValueError, ExtractError):
        return None
    return scheme + joined[len(scheme) :]


def unwrap_redirector(url: str) -> str:
    """The URL that a known redirector or AMP cache carries inside itself, else `url`. Nothing is fetched."""
    for _ in range(_WRAPPINGS):
        inner = _wrapped(url)
        if inner is None or inner == url:
            return url
        url = inner
    return url


def _wrapped(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return None
    for pattern, path, names in _REDIRECTORS:
        if pattern.fullmatch(host) and (not path or parts.path == path):
            values = parse_qs(parts.query)
            return next((target for name in names for target in map(_http_only, values.get(name, ())) if target), None)
    if _GOOGLE.fullmatch(host) or _AMP_CACHE.fullmatch(host):
        return _amp_target(parts.path, parts.query)
    return None


def _amp_target(path: str, query: str) -> str | None:
    if not (found := _AMP_PATH.fullmatch(path)):
        return None
    scheme = "https" if found["secure"] else "http"
    return _http_only(f"{scheme}://{unquote(found['rest'])}" + (f"?{query}" if query else ""))


def _http_only(text: str) -> str | None:
    return absolute(text, None)


@lru_cache(maxsize=1024)
def _parsed(url: str) -> "URL":
    from yarl import URL

    try:
        parsed = URL(_escaped_blanks(url))
        host = parsed.raw_host
        _ = parsed.explicit_port
    except (ValueError, TypeError) as error:
        raise ExtractError(f"not a URL: {url[:200]!r} ({error}); give one such as https://example.org/news") from error
    if parsed.scheme not in ("http", "https") or not _HOST.fullmatch(host or ""):
        raise ExtractError(f"not an absolute http(s) URL: {url[:200]!r}; give one such as https://example.org/news")
    return parsed


def _canonical_query(query: str, host: str) -> str:
    return _kept_query([_canonical_escapes(pair) for pair in query.split("&")], host)


def _kept_query(pairs: Iterable[str], host: str) -> str:
    kept = sorted(pair for pair in pairs if pair and not _is_tracking(pair.partition("=")[0].lower(), host))
    return "?" + "&".join(kept) if kept else ""


def _is_tracking(name: str, host: str) -> bool:
    if name in _TRACKING_NAMES or name.startswith(_TRACKING_PREFIXES):
        return True
    labels = host.split(".")
    sites = (".".join(labels[place:]) for place in range(len(labels) - 1))
    return any(name in _TRACKING_BY_SITE.get(site, ()) for site in sites)


def _canonical_escapes(text: str) -> str:
    """RFC 3986 6.2.2: escapes in upper case, unreserved characters bare, all that must be escaped escaped."""
    text = _NOT_IN_QUERY.sub(_escape, _STRAY_PERCENT.sub("%25", text))
    return _ESCAPE.sub(_unescape_unreserved, text)


def _escape(found: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in found.group().encode("utf-8", "replace"))


def _unescape_unreserved(found: re.Match[str]) -> str:
    character = chr(int(found.group(1), 16))
    return character if character in _UNRESERVED else found.group().upper()


def _escaped_blanks(text: str) -> str:
    return _BLANKS.sub("%20", _IGNORED_IN_URLS.sub("", text).strip())


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
