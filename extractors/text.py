"""Text and HTML of feed entries: titles and summaries as plain text, content as HTML that can do no harm.

nh3 (html5ever) does the cleaning; what would cost it quadratic time is taken away by `guards` first.
"""

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from .guards import guard
from .prose import clean, composed, is_plain

if TYPE_CHECKING:
    from nh3 import Cleaner

_LONGEST_TITLE = 5_000
_LARGEST_HTML = 500_000  # characters of one entry; feeds with full texts stay far below
_MANY_TAGS = 2_000  # from here nesting is looked at before the cleaner does
_BLOCKS = (
    "address|article|aside|blockquote|br|dd|div|dl|dt|figcaption|figure|footer|h[1-6]|header|hr|li|ol|p|pre|section"
)
_TABLE_PARTS = "table|tbody|td|tfoot|th|thead|tr|ul"
_INLINE = (
    "a|abbr|acronym|b|bdi|bdo|big|center|cite|code|del|em|font|i|img|ins|kbd|mark|nobr|q|s|small|span|strike|strong|sub"
    "|sup|tt|u|wbr"
)
_BLOCK_EDGE = re.compile(rf"</?(?:{_BLOCKS}|{_TABLE_PARTS})\b", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"</?(?:{_BLOCKS}|{_TABLE_PARTS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_SURE_TAG = re.compile(rf"</(?:{_BLOCKS}|{_TABLE_PARTS}|{_INLINE})\s*>|<br\s?/?>|<img\s[^<>]*>", re.IGNORECASE)
_SILENT = re.compile(r"<(script|style)\b[^<>]*>.*?</\1\s*>|<!--.*?-->", re.IGNORECASE | re.DOTALL)
_REFERENCE = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
# A `<` before which no tag ends: `5 <6`. The cleaner would take the rest of the text for a tag.
_BARE_LESS_THAN = re.compile(r"<(?!!--|[^<>]*>)")
# Tags that end where they seem to end, of elements whose text a parser leaves in its place.
_ATTRIBUTE = (
    r"(?:[ \t\n\r\f]++[a-z][a-z0-9:_-]*+"
    r"(?:[ \t\n\r\f]*+=[ \t\n\r\f]*+(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^ \t\n\r\f\"'<>=`]++))?+)*+"
)
_SIMPLE_BLOCK = re.compile(rf"</?(?:{_BLOCKS}|ul){_ATTRIBUTE}[ \t\n\r\f]*+/?>", re.IGNORECASE | re.ASCII)
_SIMPLE_INLINE = re.compile(rf"</?(?:{_INLINE}){_ATTRIBUTE}[ \t\n\r\f]*+/?>", re.IGNORECASE | re.ASCII)
_LONGEST_SIMPLE = 20_000
# Ampersands but those of references that every parser resolves alike.
_ODD_AMPERSAND = re.compile(
    r"&(?!(?:[A-Za-z]{2,8}|#(?:3[2-9]|[4-9]\d|1[01]\d|12[0-6]|1[6-9]\d|[2-9]\d\d|[1-9]\d{3}));)", re.ASCII
)
_NOTHING = "\x00"  # keeps apart what a tag parted; no text of a document holds it
_SCHEMES: Final = frozenset(("http", "https", "mailto"))


def plain_title(value: str, *, is_html: bool) -> str:
    """One line of plain text. Only names of HTML elements count as tags, so `5 < 6` and `<T>` stay.

    `is_html` says that the format declares markup. Where it declares plain text, markup is taken for text unless it
    shows by itself that the publisher escaped once too often.
    """
    text = value[:_LONGEST_TITLE]
    if ("<" in text or "&" in text) and (is_html or looks_like_html(text)):
        text = _SILENT.sub("", text)
        text = _INLINE_TAG.sub("", _BLOCK_TAG.sub(" ", text))
        text = html.unescape(text)
    return one_line(text)


def plain_text(value: str) -> str:
    """One line of plain text out of HTML; blocks are parted by a blank."""
    if "<" in value:
        simple = _simple_text(value)
        value = _parsed_text(value) if simple is None else simple
    return one_line(html.unescape(value) if "&" in value else value)


def _parsed_text(value: str) -> str:
    value = _BARE_LESS_THAN.sub("&lt;", _BLOCK_EDGE.sub(r" \g<0>", value))
    return _cleaner(None).clean(_bounded(value))


def _simple_text(value: str) -> str | None:
    """What `_parsed_text` gives, but for references resolved, at half the cost; None where it takes a parser."""
    if len(value) > _LONGEST_SIMPLE or _NOTHING in value:
        return None
    value = _SIMPLE_INLINE.sub(_NOTHING, _SIMPLE_BLOCK.sub(" ", value))
    if "<" in value or ("&" in value and _ODD_AMPERSAND.search(value)):
        return None
    return value.replace(_NOTHING, "")


def clean_html(value: str, base: str | None) -> str:
    """HTML without scripts, handlers, styles and foreign schemes; links absolute by `base`, an http(s) URL."""
    return clean(_cleaner(base or "").clean(_bounded(value))).strip()


def escaped(text: str) -> str:
    """Plain text as HTML."""
    return clean(html.escape(text, quote=False)).strip()


def one_line(text: str) -> str:
    """NFC, no control characters, every run of blanks one blank."""
    if "  " not in text and is_plain(text):
        return composed(text.strip(" "))
    return " ".join(clean(text).split())


def looks_like_html(text: str) -> bool:
    """Whether an end tag, a line break, an image or a character reference shows that this is markup."""
    return bool(("&" in text and _REFERENCE.search(text)) or ("<" in text and _SURE_TAG.search(text)))


def _bounded(value: str) -> str:
    if len(value) > _LARGEST_HTML or value.count("<") > _MANY_TAGS:
        guarded = guard(value[:_LARGEST_HTML])
        return guarded.html or html.escape(guarded.plain, quote=False)
    return value


@lru_cache(maxsize=64)
def _cleaner(base: str | None) -> "Cleaner":
    """A cleaner that leaves text only (None), or links made absolute by `base`; without a base relative links go."""
    from nh3 import Cleaner

    if base is None:
        return Cleaner(tags=set())
    relative = ("rewrite_with_base", base) if base else "deny"
    return Cleaner(url_schemes=_SCHEMES, url_relative=relative)  # type: ignore[arg-type]  # the tuple is a literal pair
