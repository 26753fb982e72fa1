"""Bytes of a web page → text, once and right.

The order is: byte order mark, strict UTF-8, the declared charset strictly, UTF-8 with strays of windows-1252, the
declared or UTF-8 charset with a few replacements, a guess where none is declared or UTF-8 wrongly, windows-1252. Labels
are read as the WHATWG Encoding Standard reads them (latin-1 means windows-1252).
"""

import codecs
import json
import re
from typing import Final

from .charsets import decode_mixed
from .feed_text import guess_codec
from .records import ExtractError

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What begins like this is another kind of document, whatever the headers say.
_SIGNATURES: Final = (
    (b"%PDF-", "a PDF file"),
    (b"\x1f\x8b", "gzip data that nobody unpacked"),
    (b"PK\x03\x04", "a ZIP or office file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"ID3", "a sound file"),
    (b"\x28\xb5\x2f\xfd", "zstd data that nobody unpacked"),
)
# The WHATWG names of charsets whose Python namesake is narrower than what pages hold.
_WIDER: Final = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "big5": "big5hkscs",
}
# Codecs of Python that are no charset of a page; UTF-7 is barred by the standard.
_NO_CHARSETS = frozenset(
    ("idna", "punycode", "unicode-escape", "raw-unicode-escape", "unicode_escape", "raw_unicode_escape", "utf-7")
)
_MEDIA = re.compile(rb"RIFF.{4}(?:WEBP|WAVE|AVI )|.{4}ftyp", re.DOTALL)
_FEED = re.compile(
    r"\s*(?:<\?[^<>]{0,500}\?>\s*|<!--[^<>]{0,1000}-->\s*){0,9}<(?:rss|feed|rdf:RDF|urlset|sitemapindex|opml)[\s>]",
    re.IGNORECASE,
)
_LARGEST_JSON = 5_000_000
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]{2,40})", re.IGNORECASE)
_META_CHARSET = re.compile(rb"<meta\b[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:+-]{2,40})", re.IGNORECASE)
_XML_CHARSET = re.compile(rb"^\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([\w.:+-]{2,40})", re.IGNORECASE)
_META_WINDOW = 8192
_JAPANESE_ESCAPE = re.compile(rb"\x1b\$[@B].{2,200}?\x1b\([BJ]", re.DOTALL)  # ISO-2022-JP to two bytes and back
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffd]")
_ENOUGH = 8  # letters that show a pattern
_HEAD = 4000
_MAX_CONTROLS = 0.1  # share of the head; no readable page comes near it
_FEW = 0.02  # share of characters that may be lost before another charset is tried


def decode(content: bytes, content_type: str | None = None) -> str:
    """Text of a page; `content_type` is the value of the HTTP header.

    Raises ExtractError where the bytes are no text: PDF, office file, image, compressed or other binary data.
    """
    start = content[:_HEAD].removeprefix(codecs.BOM_UTF8).lstrip()
    for signature, what in _SIGNATURES:
        if start.startswith(signature):
            raise ExtractError(f"not a web page but {what}: hand in the HTML document")
    if _MEDIA.match(start):
        raise ExtractError("not a web page but a media file: hand in the HTML document")
    text = _decode(content, content_type or "")
    if what := _other_format(text):
        raise ExtractError(f"not a web page but {what}: hand in the HTML document")
    head = text[:_HEAD]
    if len(_CONTROLS.findall(head)) > _MAX_CONTROLS * len(head):
        raise ExtractError("not text: control characters fill its head, so it is binary or in an unknown encoding")
    return text


def _other_format(text: str) -> str:
    """What a text is that states to be data for programs, "" for all others."""
    if _FEED.match(text[:_HEAD]):
        return "a feed or a sitemap"
    if text[:_HEAD].lstrip()[:1] in ("{", "[") and len(text) < _LARGEST_JSON:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return ""
        return "JSON data" if value else ""
    return ""


def _decode(content: bytes, content_type: str) -> str:
    for mark, codec in _MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(codec, "replace")
    if wide := _unmarked_utf16(content):
        return content.decode(wide, "replace")
    declared = _declared(content, content_type)
    if declared == "iso2022_jp" or (content.isascii() and _JAPANESE_ESCAPE.search(content)):
        return content.decode("iso2022_jp", "replace")  # seven-bit, so it would pass for UTF-8
    for codec in ("utf-8", *filter(None, (declared,))):
        if codec == "cp1252" and (mixed := decode_mixed(content)):
            return mixed
        try:
            return content.decode(codec)
        except (UnicodeDecodeError, LookupError):
            continue
    return decode_mixed(content) or _damaged(content, declared)


def _damaged(content: bytes, declared: str | None) -> str:
    """Text that is in no charset that it could be in: nearly in one, or in one that must be guessed."""
    for codec in (*filter(None, (declared,)), "utf-8"):
        if text := _nearly(content, codec):
            return text
    guess = guess_codec(content) if declared in (None, "utf-8") else "cp1252"
    return _windows_1252(content) if guess == "cp1252" else content.decode(guess, "replace")


def _unmarked_utf16(content: bytes) -> str | None:
    """The UTF-16 codec of a document without a mark: every other byte of its markup is zero."""
    head = content[:200]
    half = len(head) // 2
    if half >= _ENOUGH:
        if head[1::2].count(0) > 0.9 * half and head[0::2].count(0) == 0:
            return "utf-16-le"
        if head[0::2].count(0) > 0.9 * half and head[1::2].count(0) == 0:
            return "utf-16-be"
    return None


def _declared(content: bytes, content_type: str) -> str | None:
    """The Python codec of the charset that header, meta tag or XML declaration names, if Python knows one."""
    head = content[:_META_WINDOW]
    if found := _CHARSET.search(content_type):
        label = found.group(1)
    elif meta := _META_CHARSET.search(head) or _XML_CHARSET.search(head):
        label = meta.group(1).decode("ascii", "replace")
    else:
        return None
    label = _WIDER.get(label.lower(), label)
    try:
        name = codecs.lookup(label).name
        b"<!".decode(name, "replace")  # some codecs of Python turn bytes into bytes
    except (LookupError, UnicodeError):
        return None
    return None if name in _NO_CHARSETS else name


def _nearly(content: bytes, codec: str) -> str | None:
    """The text, if only a few places of it are broken in this codec and it is made of many bytes a letter."""
    if codec.startswith(("cp125", "iso8859", "koi8", "mac", "utf-16", "utf-32")):
        return None
    text = content.decode(codec, "replace")
    broken = text.count("\ufffd")
    # Beside right letters beyond ASCII a broken one is an accident; alone it shows that the charset is another.
    foreign = sum(len(run) for run in re.findall(r"[^\x00-\x7f\ufffd]+", text))
    return text if broken <= max(foreign / 4, 0) and broken <= max(_FEW * len(text), 3) else None


def _windows_1252(content: bytes) -> str:
    """As the WHATWG decoder: the five bytes without a character become C1 controls instead of an error."""
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return "".join(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in content)
