"""Checks of single values. Each returns the value as we keep it, or raises ValueError: what is wrong; what to write."""

import difflib
import re
import zoneinfo
from collections.abc import Iterable
from email.errors import MessageError
from email.headerregistry import Address
from urllib.parse import urlsplit

from extractors.records import ExtractError
from extractors.urls import canonical_key
from newsdesk.model import redacted

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_SHORTEST, _LONGEST = 10, 30 * 86400  # seconds between two polls
_JOINERS = re.compile("[\u200c\u200d]")  # names in Malayalam, Persian and other scripts are not right without them
# Headers that frame a message, and those that the fetcher sets by itself.
_OURS = re.compile(
    "accept-encoding|connection|content-length|expect|host|if-modified-since|if-none-match|proxy-authorization|range|te"
    "|trailer|transfer-encoding|upgrade|user-agent",
    re.IGNORECASE,
)
_ID_LENGTH = 60  # an id fits one label of a host name
_ADDRESS_LENGTH = 254  # RFC 5321 §4.5.3.1.3, less the angle brackets


def check_id(text: str) -> str:
    """An id: it stands in keys, headers and URLs for ever."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", text) or len(text) > _ID_LENGTH:
        raise ValueError(
            f"{_quoted(text)} is no id; write at most {_ID_LENGTH} lower-case letters, digits and single hyphens,"
            " such as trade-policy"
        )
    return text


def check_name(text: str) -> str:
    """A title or name: one line that people can read."""
    if not text.strip():
        raise ValueError("is empty; write a few words")
    if not _JOINERS.sub("", text).isprintable():
        raise ValueError("has line breaks or control characters in it; write it on one line")
    return text


def check_line(text: str) -> str:
    """The value of an HTTP header: one line of visible ASCII (RFC 9110 section 5.5). It may be a secret."""
    if not re.fullmatch(r"[\x21-\x7e][\x20-\x7e]{0,3999}", text):
        raise ValueError("what is given cannot stand in a header; write one line of plain letters, digits and signs")
    return text


def check_headers(headers: dict[str, str]) -> dict[str, str]:
    """Names of headers that an operator may add; those that the fetcher decides on are not among them."""
    for name in headers:
        if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}", name):
            raise ValueError(
                f"{_quoted(name)} is no name of a header; write letters, digits and hyphens, such as X-Token"
            )
        if _OURS.fullmatch(name):
            instead = "write user_agent:" if name.lower() == "user-agent" else "remove it"
            raise ValueError(f"the header {name} is set by the fetcher; {instead}")
    return headers


def check_url(text: str) -> str:
    """The address of a feed."""
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ("http", "https") and bool(canonical_key(text)) and parts.port != 0
    except (ValueError, ExtractError):
        fits = False
    if not fits or not text.isprintable() or " " in text:
        raise ValueError(
            f"{_quoted(redacted(text))} is no http or https URL; write it in full, such as https://press.example/rss"
        )
    return text


def check_duration(value: object) -> int:
    """Seconds, from `30s`, `10m`, `1h` or `1d`."""
    text = value if isinstance(value, str) else ""
    match = re.fullmatch(r"([0-9]{1,7})([smhd])", text)
    if match is None:
        raise ValueError(f"{_quoted(text)} is no duration; write a number and a unit, such as 30s, 10m, 1h or 1d")
    seconds = int(match[1]) * _UNITS[match[2]]
    if not _SHORTEST <= seconds <= _LONGEST:
        raise ValueError(f"{_quoted(text)} is out of range; write between 10s and 30d")
    return seconds


def check_spacing(value: object) -> int:
    """Seconds between two requests, from `0s` to `1h`."""
    text = value if isinstance(value, str) else ""
    match = re.fullmatch(r"([0-9]{1,4})([sm]|h)", text)
    seconds = int(match[1]) * _UNITS[match[2]] if match else -1
    if not 0 <= seconds <= _UNITS["h"]:
        raise ValueError(f"{_quoted(text)} is no spacing; write between 0s and 1h, such as 10s")
    return seconds


def check_zone(text: str) -> str:
    """An IANA time zone."""
    try:
        zoneinfo.ZoneInfo(text)
    except (ValueError, KeyError, OSError):
        near = suggest(text, zoneinfo.available_timezones())
        raise ValueError(
            f"{_quoted(text)} is no time zone; {near or 'write its IANA name, such as Asia/Kolkata'}"
        ) from None
    return text


def check_language(text: str) -> str:
    """An ISO 639 code."""
    if not re.fullmatch(r"[a-z]{2,3}", text):
        raise ValueError(f"{_quoted(text)} is no language code; write the ISO 639 code alone, such as en, hi or ta")
    return text


def check_address(text: str) -> str:
    """An e-mail address, without a name."""
    if not text.isascii():
        raise ValueError(f"{_quoted(text)} has letters beyond ASCII, which not every relay takes; write the xn-- form")
    try:
        address = Address(addr_spec=text)
        fits = bool(address.username and address.domain) and address.addr_spec == text
    except (ValueError, IndexError, MessageError):  # all of these come out of the standard library's parser
        fits = False
    if not fits or len(text) > _ADDRESS_LENGTH:
        raise ValueError(f"{_quoted(text)} is no e-mail address; write it alone, such as desk@paper.example")
    return text


def check_medtop(text: str) -> str:
    """An IPTC Media Topic: `medtop:` and eight digits."""
    if not re.fullmatch(r"medtop:[0-9]{8}", text):
        raise ValueError(f"{_quoted(text)} is no Media Topic; write medtop: and eight digits, such as medtop:20000199")
    return text


def check_version(number: int) -> int:
    """The version of the watchlist's format."""
    if number != 1:
        raise ValueError(f"{number} is not known; write version: 1")
    return number


def check_send(text: str) -> str:
    """When mail goes out."""
    if text in ("hourly", "daily", "weekly"):
        raise ValueError(f"{text} digests do not exist yet; write send: immediate")
    if text != "immediate":
        raise ValueError(f"{_quoted(text)} is not known; write send: immediate")
    return text


def check_engine(text: str) -> str:
    """What reads a page."""
    if text not in ("cascade", "newspaper"):
        raise ValueError(f"{_quoted(text)} is not known; write engine: cascade or engine: newspaper")
    return text


def suggest(wrong: str, known: Iterable[str]) -> str:
    """`write X`, where a known word is near the wrong one; else an empty text."""
    by_fold = {word.casefold(): word for word in known}
    near = difflib.get_close_matches(wrong.casefold(), by_fold, n=1, cutoff=0.6)
    return f"write {by_fold[near[0]]}" if near else ""


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 80 else text[:79] + "…")  # noqa: PLR2004 - what fits a line
