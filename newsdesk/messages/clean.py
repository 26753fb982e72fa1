"""Foreign text made harmless: what comes from feeds and pages is shown, never obeyed."""

import re
from urllib.parse import quote, urlsplit, urlunsplit

# Shown text may hold no control (C0, C1), no bidirectional control or mark (they can make a text read as another one),
# no invisible tag or annotation character, and no lone surrogate. The joiners U+200C and U+200D stay: Indic and Arabic
# words need them.
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_INVISIBLE = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
_SURROGATES = re.compile("[\ud800-\udfff]")

_URL_LENGTH = 2000
_URL_SAFE = "!#$%&'()*+,/:;=?@[]~"


def squeeze(text: str) -> str:
    """`text` on one line, without characters that deceive; a blank at either end stays a blank."""
    return _SURROGATES.sub("\ufffd", _INVISIBLE.sub("", _BLANKS.sub(" ", text)))


def clean(text: str, limit: int) -> str:
    """`text` on one line, without characters that deceive, at most `limit` characters."""
    return shorten(squeeze(text).strip(), limit)


def shorten(text: str, limit: int) -> str:
    """`text` with at most `limit` characters, cut between words where that loses less than a third, and then with …."""
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    blank = head.rfind(" ")
    return (head[:blank] if blank > limit * 2 // 3 else head).rstrip(" ,;:.–-") + "…"


def safe_link(url: str) -> tuple[str, str] | None:
    """The link as plain ASCII and the host it leads to; None unless it is an http(s) URL with a host and no user name.

    The host is shown in its ASCII form, so that a look-alike from another alphabet is seen to be one.
    """
    if len(url) > _URL_LENGTH or squeeze(url) != url or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode("ascii")
        port = "" if parts.port is None else f":{parts.port}"
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[a-z0-9.:_-]+", host) or "@" in parts.netloc:
        return None
    place = f"[{host}]{port}" if ":" in host else f"{host}{port}"
    link = quote(urlunsplit(parts._replace(netloc=place)), safe=_URL_SAFE)
    return (link, host) if len(link) <= _URL_LENGTH else None


def header_text(text: str) -> str:
    """`text` for a header: what looks like an encoded word (RFC 2047) must not be decoded as one."""
    return text.replace("=?", "= ?")
