"""Bytes of a feed → text that a parser can be trusted with, or the reason why this is no feed.

Encodings (RFC 7303, XML 1.0 appendix F, and what publishers do): byte order mark; UTF-8 wherever the bytes are valid
UTF-8; the charset of the header, then of the XML declaration, read as the WHATWG Encoding Standard reads labels;
UTF-8 with a few broken places; a guess from the bytes. Every departure from what is declared is told as a problem.
"""

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from .charsets import decode_mixed
from .feed_repair import FORBIDDEN, has_long_author, has_long_run, repaired
from .records import ExtractError, ParsedFeed

MAX_BYTES: Final = 20_000_000
_MAX_ATTRIBUTES = 500  # on one element; the parser needs quadratic time for them
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNMARKED: Final = (  # how `<` or `<?xm` begins a document
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
_SIGNATURES: Final = (
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a media file"),
    (b"%PDF-", "a PDF file"),
    (b"PK\x03\x04", "a ZIP file"),
    (b"\x1f\x8b", "compressed data that nobody unpacked"),
)
# Labels whose Python codec is narrower than what documents with this label hold.
_WIDER: Final = {
    "us-ascii": "cp1252", "ascii": "cp1252", "iso-8859-1": "cp1252", "latin1": "cp1252", "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874", "tis-620": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932",
    "x-sjis": "cp932", "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "big5": "big5hkscs",
}  # fmt: skip
_SEVEN_BIT: Final = frozenset(("iso2022_jp", "iso2022_kr", "hz", "utf-7"))  # would pass for UTF-8
_CONTROLS = bytes((*range(9), 0x0B, 0x0C, *range(0x0E, 0x20)))
_NONCHARACTERS = tuple(sign.encode() for sign in "\ufffe\uffff")
_REPLACEMENT = "\ufffd".encode()
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_DECLARED = re.compile(rb"\s*<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.IGNORECASE)
_ROOT = re.compile(r"<((?:[A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*))")
_BLANKS = re.compile(r"\s*+")
_EMPTY_ROOT = re.compile(r"<[^<>]*/>")
_FEED_START = re.compile(r"<(?:rss|feed|rdf:RDF|(?:\w{1,20}:)?(?:urlset|sitemapindex))(?=[\s>])", re.IGNORECASE)
_FEED_START_WINDOW = 200_000  # warnings of a content system before the document are shorter
_ATTRIBUTES = re.compile(
    r"<[^\s<>/!?]++(?:\s++[^\s=<>]++\s*+=\s*+(?:\"[^\"<]*+\"|'[^'<]*+')){" + str(_MAX_ATTRIBUTES) + "}"
)
_FEED_ROOTS: Final = frozenset(("rss", "feed", "rdf", "channel", "urlset", "sitemapindex"))
_PAGE_ROOTS: Final = frozenset(("html", "head", "body"))
# What warnings of a content system begin with when they stand before the feed, or a page that left out its root.
_FRAGMENT_ROOTS: Final = frozenset((
    "title", "meta", "link", "script", "style", "div", "p", "br", "b", "i", "center", "table", "span", "h1", "h2",
    "a", "img", "iframe", "noscript", "font",
))  # fmt: skip
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{1,300})", re.IGNORECASE)
_DOCTYPE_WINDOW = 2_000
_GUESS_WINDOW = 100_000
# What a guess may name: others, such as iso-8859-13, are mostly wrong guesses at Western text.
_GUESSED: Final = frozenset((
    "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "iso8859-2", "iso8859-5", "iso8859-6",
    "iso8859-7", "iso8859-8", "iso8859-11", "koi8-r", "koi8-u", "mac-cyrillic", "cp866", "cp932", "euc_jp", "gb18030",
    "big5hkscs", "cp949", "euc_kr",
))  # fmt: skip
_KOREAN_SHARE = 0.6  # Hangul among the characters beyond ASCII
_BROKEN_SHARE = 4  # right characters beyond ASCII for one broken place, from which a text still is UTF-8


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedText:
    """A document as text that starts with its prolog. `root` is the local name of its root in lower case, or ""."""

    text: str
    root: str
    problems: tuple[str, ...] = ()
    truncated: bool = False
    not_a_feed_reason: str | None = None


def read_document(content: bytes, content_type: str | None) -> FeedText:
    """The text of a document and what it is; `content_type` is the value of the HTTP header.

    Raises ExtractError for more than 20 MB and for elements with absurd numbers of attributes.
    """
    if len(content) > MAX_BYTES:
        raise ExtractError(
            f"the document has {len(content)} bytes; at most {MAX_BYTES} are read: ask for fewer entries"
        )
    for signature, what in _SIGNATURES:
        if content.startswith(signature):
            return _no_feed(f"The document is {what}, not a feed.")
    text, problem = _decoded(content, content_type or "")
    problems = [problem] if problem else []
    if not is_legal(text) and FORBIDDEN.search(text):
        text = FORBIDDEN.sub("", text)
        problems.append("it holds control characters")
    text = text.removeprefix("\ufeff").strip()
    if not text:
        return _no_feed("The document is empty.")
    if text[0] in "{[":
        return FeedText(text=text, root="json", problems=tuple(problems))
    return _markup(text, problems)


def is_plain_utf8(content: bytes, content_type: str | None) -> bool:
    """Whether nothing says that the document is not in UTF-8; whether its bytes are is for the parser to find."""
    if content.startswith(codecs.BOM_UTF8):
        return _REPLACEMENT not in content
    of_header, of_declaration = (_codec(label) for label in _labels(content, content_type or ""))
    if content.isascii():
        return of_header not in _SEVEN_BIT and of_declaration not in _SEVEN_BIT
    return of_declaration in (None, "utf-8")


def has_long_piece(text: str) -> bool:
    """Whether there are attributes in absurd numbers or authors of absurd length."""
    return bool(_ATTRIBUTES.search(text) or has_long_author(text))


def not_a_feed(reason: str) -> ParsedFeed:
    """The answer for a document that is no feed; `reason` is a sentence."""
    return ParsedFeed(format="", title="", link=None, language=None, entries=(), not_a_feed_reason=reason)


def damage(problems: Sequence[str]) -> str | None:
    """The problems of a document as one sentence."""
    return f"The document is damaged: {'; '.join(problems)}." if problems else None


def _no_feed(reason: str) -> FeedText:
    return FeedText(text="", root="", not_a_feed_reason=reason)


def _markup(text: str, problems: list[str]) -> FeedText:
    if has_long_run(text) and _ATTRIBUTES.search(text):
        raise ExtractError(f"an element has {_MAX_ATTRIBUTES} attributes or more: no feed has, so it is not read")
    start = _root_place(text)
    name, root = _root(text, start)
    if (not root or root in _FRAGMENT_ROOTS) and (found := _FEED_START.search(text, start, _FEED_START_WINDOW)):
        problems.append("other text stands before the feed")
        text, start = text[found.start() :], 0
        name, root = _root(text, start)
    if not root:
        return _no_feed("The document is neither XML nor JSON, so it is not a feed.")
    if root not in _FEED_ROOTS and _is_page(text[:start], root):
        title = _TITLE.search(text)
        named = f" (“{' '.join(title[1].split())[:80]}”)" if title else ""
        return _no_feed(f"The document is an HTML page{named}, not a feed.")
    body = text[start:]
    truncated = body.rfind(f"</{name}") < 0 and not _EMPTY_ROOT.match(body)
    whole, mended = repaired(text[:start], body)
    return FeedText(text=whole, root=root, problems=(*problems, *mended), truncated=truncated)


def _is_page(prolog: str, root: str) -> bool:
    return root in _PAGE_ROOTS or root in _FRAGMENT_ROOTS or "<!doctype html" in prolog[:_DOCTYPE_WINDOW].lower()


def _root_place(text: str) -> int:
    """Where the prolog (XML 1.0 section 2.8) ends: blanks, instructions, comments, document type."""
    place = 0
    while True:
        place = _BLANKS.match(text, place).end()  # type: ignore[union-attr]  # it matches nothing too
        if text.startswith("<!--", place):
            end = text.find("-->", place + 4) + 3
        elif text.startswith("<?", place):
            end = text.find("?>", place) + 2
        elif text.startswith("<!", place):
            subset, end = text.find("[", place), text.find(">", place) + 1
            if 0 <= subset < end:
                end = text.find(">", text.find("]", subset)) + 1
        else:
            return place
        if end <= place:
            return place
        place = end


def _root(text: str, place: int) -> tuple[str, str]:
    """The root's name as it stands, and without prefix in lower case; empty where no element begins here."""
    found = _ROOT.match(text, place)
    return (found[1], found[2].lower()) if found else ("", "")


def _decoded(content: bytes, content_type: str) -> tuple[str, str | None]:
    """The text, and what is wrong with the encoding, if anything is."""
    for mark, codec in _MARKS:
        if content.startswith(mark):
            return _mended(content[len(mark) :], codec)
    for start, codec in _UNMARKED:
        if content.startswith(start):
            return _mended(content, codec)
    labels = _labels(content, content_type)
    codecs_declared = [codec for codec in map(_codec, labels) if codec]
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return _legacy(content, codecs_declared)
    if content.isascii() and (seven := next((codec for codec in codecs_declared if codec in _SEVEN_BIT), None)):
        return _mended(content, seven)
    if not content.isascii() and _codec(labels[1]) not in (None, "utf-8"):
        return text, f"it says that its encoding is {labels[1]} but is UTF-8"
    return text, None


def _labels(content: bytes, content_type: str) -> tuple[str, str]:
    """The names of encodings in the header and in the XML declaration, "" where there is none."""
    header = _CHARSET.search(content_type)
    declaration = _DECLARED.match(content)
    return header[1] if header else "", declaration[1].decode("ascii") if declaration else ""


def is_legal(text: str) -> bool:
    """Whether there is nothing that XML forbids, seen in bytes, which takes a third of the time."""
    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        return False
    clean = encoded.translate(None, _CONTROLS)
    return len(clean) == len(encoded) and not any(sign in encoded for sign in _NONCHARACTERS)


def _legacy(content: bytes, declared: list[str]) -> tuple[str, str | None]:
    """The text of bytes that are not UTF-8 throughout."""
    # Web servers add latin-1 without looking, and every byte is latin-1: the document's own word goes first.
    for codec in (codec for codec in declared if codec != "cp1252"):
        try:
            return content.decode(codec), None
        except UnicodeDecodeError:
            continue
    if mixed := decode_mixed(content):
        return mixed, "it is UTF-8 with places in windows-1252"
    if "cp1252" in declared:
        try:
            return content.decode("cp1252"), None
        except UnicodeDecodeError:
            pass
    text = content.decode("utf-8", "replace")
    broken, foreign = text.count("\ufffd"), sum(1 for sign in text if sign > "\x7f")
    if broken * (_BROKEN_SHARE + 1) <= foreign:
        return text, f"{broken} places of it are not UTF-8"
    codec = guess_codec(content)
    return content.decode(codec, "replace"), f"it is not in the encoding it says, and was read as {codec}"


def _mended(content: bytes, codec: str) -> tuple[str, str | None]:
    text = content.decode(codec, "replace")
    return text, f"places of it are not {codec}" if "\ufffd" in text else None


@lru_cache(maxsize=256)
def _codec(label: str) -> str | None:
    """The Python codec of a label, if there is one for text."""
    try:
        found = codecs.lookup(_WIDER.get(label.lower(), label))
        return found.name if isinstance(found.decode(b"", "strict")[0], str) else None
    except (LookupError, UnicodeError, TypeError, ValueError):
        return None


def guess_codec(content: bytes) -> str:
    """The codec that bytes without a right declaration are in, by their frequencies; cp1252 where nothing speaks."""
    from resiliparse.parse.encoding import detect_encoding

    head = content[:_GUESS_WINDOW]
    codec = _codec(str(detect_encoding(head) or "cp1252"))
    if codec == "utf-8" and _is_korean(head):  # it knows no EUC-KR, and says UTF-8 where nothing fits
        return "cp949"
    return codec if codec in _GUESSED else "cp1252"


def _is_korean(content: bytes) -> bool:
    text = content.decode("cp949", "replace")
    foreign = sum(1 for sign in text if sign > "\x7f")
    return sum(1 for sign in text if "\uac00" <= sign <= "\ud7a3") >= _KOREAN_SHARE * foreign > 0
