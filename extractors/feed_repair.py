"""Small repairs of XML text before a parser sees it, all linear in its length.

What breaks well-formedness in one place would else cost the strict reading of the whole document, and a few constructs
cost feedparser quadratic time.
"""

import html
import re
import sys
from collections.abc import Iterator
from html.entities import html5
from itertools import islice
from typing import Final

# What XML 1.0 section 2.2 forbids, and no text needs.
FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
CAPTION: Final = "caption"  # what media:description is called from here on
_CHARACTER_REFERENCE = re.compile(r"&#(?:[xX]([0-9A-Fa-f]++)|([0-9]++));?")
_REFERENCE_DIGITS = 7  # more name no character
# An ampersand that begins none of XML's own references, and the name of an HTML entity if it begins one.
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9A-Fa-f]+);)(?:([A-Za-z][A-Za-z0-9]{1,30};))?")
_ENTITY_DECLARATION = re.compile(r"<!ENTITY\b")
_DOCTYPE = re.compile(r"<!DOCTYPE", re.IGNORECASE)
_BLANK_RUN = re.compile(r"\s++")
_LONGEST_PROLOG = 65_536
_UNCLOSED_COMMENTS = 20  # more of them would each be searched to the end of the document
# feedparser looks for a mail address in these with a pattern that is quadratic in the length of a word.
_LONG_AUTHOR = re.compile(
    r"(<(?:[\w.-]{1,30}:)?(?:author|creator|managingeditor|webmaster|publisher)\b[^<>]{0,500}>(?:<!\[CDATA\[)?"
    r"[^<]{1000})[^<]++",
    re.IGNORECASE,
)
# `desk@news.example (News Desk)`, the form of RSS 2.0: feedparser cuts addresses of long top domains in the middle.
_ADDRESSED_AUTHOR = re.compile(
    r"(<(?:[\w.-]{1,30}:)?(?:author|creator)\b[^<>]{0,200}>(?:<!\[CDATA\[)?)\s*"
    r"[^\s()<>@]{1,100}@[^\s()<>@]{1,100}\s*\(([^()<>]{1,100})\)\s*(?=(?:\]\]>)?</)",
    re.IGNORECASE,
)
_LONG_RUN = re.compile(r"<[^<]{1000}")  # without one, no author is long
_PREFIXES = 4  # of one namespace that are looked for
_MEDIA_PREFIX = re.compile(r"xmlns(?<!\wxmlns):([\w.-]{1,30})\s*=\s*[\"']http://search\.yahoo\.com/mrss/?[\"']")


def repaired(prolog: str, body: str) -> tuple[str, list[str]]:
    """The document as a parser should get it, and what was wrong with it."""
    problems = []
    prolog = _document_type(prolog)
    body = _with_closed_comments(body)
    if has_long_run(body):
        body = _LONG_AUTHOR.sub(r"\1", body)
    if "@" in body:
        body = _ADDRESSED_AUTHOR.sub(r"\1\2", body)
    if ":description" in body:
        body = with_captions(body)
    legal = _CHARACTER_REFERENCE.sub(_legal_reference, body) if "&#" in body else body
    if legal != body:
        problems.append("it refers to characters that XML forbids")
    if not _ENTITY_DECLARATION.search(prolog):  # else the document's own entities would be taken for mistakes
        body, legal = legal, "".join(_with_whole_references(legal))
        if legal != body:
            problems.append("it has bare ampersands or entities that XML does not know")
    return prolog + legal, problems


def has_long_run(text: str) -> bool:
    """Whether there are 1,000 characters without the start of a tag among them."""
    return bool(_LONG_RUN.search(text))


def referred_characters(text: str) -> Iterator[str | None]:
    """What the references by number in a text mean, also those in CDATA sections; None for what XML forbids."""
    return (_referred(found) for found in _CHARACTER_REFERENCE.finditer(text))


def has_long_author(text: str) -> bool:
    """Whether an author is so long that `repaired` cuts it."""
    return bool(_LONG_AUTHOR.search(text))


def _document_type(prolog: str) -> str:
    """The document type alone, which may define entities. Long blanks would cost feedparser's patterns dear."""
    found = _DOCTYPE.search(prolog)
    if not found or len(prolog) > _LONGEST_PROLOG:
        return ""
    return _BLANK_RUN.sub(lambda run: "\n" if "\n" in run[0] else " ", prolog[found.start() :])


def _with_closed_comments(body: str) -> str:
    """Many comment starts behind the last comment end become text."""
    last = body.rfind("-->") + 1
    if body.count("<!--", last) <= _UNCLOSED_COMMENTS:
        return body
    return body[:last] + body[last:].replace("<!--", "&lt;!--")


def with_captions(body: str) -> str:
    """Descriptions of pictures (Media RSS) under a name of their own: feedparser takes them for the entry's text."""
    for prefix in dict.fromkeys(("media", *islice((found[1] for found in _MEDIA_PREFIX.finditer(body)), _PREFIXES))):
        # Without attributes, for which feedparser forgets the text of an element that it does not know.
        body = re.sub(rf"(</?{re.escape(prefix)}:)description\b[^<>]*?(/?>)", rf"\g<1>{CAPTION}\2", body)
    return body


def _with_whole_references(body: str) -> Iterator[str]:
    """The body in pieces; ampersands outside CDATA sections are escaped where they stand for themselves."""
    place = 0
    while (start := body.find("<![CDATA[", place)) >= 0 and (end := body.find("]]>", start)) >= 0:
        yield _AMPERSAND.sub(_whole_reference, body[place:start])
        yield body[start:end]
        place = end
    yield _AMPERSAND.sub(_whole_reference, body[place:])


def _whole_reference(found: re.Match[str]) -> str:
    name = found[1]
    if name in html5:
        return html.escape(html5[name])
    return f"&amp;{name or ''}"


def _legal_reference(found: re.Match[str]) -> str:
    """The reference, or nothing where XML 1.0 section 2.2 has no such character."""
    return found[0] if _referred(found) else ""


def _referred(found: re.Match[str]) -> str | None:
    digits, base = (found[1], 16) if found[1] else (found[2], 10)
    digits = digits.lstrip("0") or "0"
    code = int(digits, base) if len(digits) <= _REFERENCE_DIGITS else sys.maxunicode + 1
    return chr(code) if code <= sys.maxunicode and not FORBIDDEN.match(chr(code)) else None
