"""From an answer to the bytes and headers of a response: validators (RFC 9110, section 13) and gzip. Pure."""

import gzip
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime

from newsdesk.newsroom.records import Answer

_BODILESS = {204, 304}
_TAG = re.compile(r'(?:W/)?"([^"]*)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What goes over the wire."""

    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes


def deliver(answer: Answer, asked: Mapping[str, str], *, may_zip: bool, honest: bool) -> Response:
    """`asked`: the request's headers in lower case. `honest`: conditional requests are honoured.

    The ETag is weak where the source compresses: one document, two encodings.
    """
    headers = {"Content-Type": answer.media_type, **answer.headers}
    status, content = answer.status, answer.content
    if status == 200 and answer.changed is not None:  # noqa: PLR2004 - OK
        tag = hashlib.sha256(content).hexdigest()[:20]
        headers["ETag"] = f'W/"{tag}"' if may_zip else f'"{tag}"'
        headers["Last-Modified"] = format_datetime(answer.changed.astimezone(UTC), usegmt=True)
        if honest and _is_fresh(asked, tag, answer.changed):
            status = 304
    if may_zip:
        headers["Vary"] = "Accept-Encoding"
    if status in _BODILESS:
        headers.pop("Content-Type", None)
        return Response(status=status, headers=tuple(headers.items()), content=b"")
    if may_zip and "gzip" in asked.get("accept-encoding", ""):
        content = gzip.compress(content, mtime=0)
        headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(content))
    return Response(status=status, headers=tuple(headers.items()), content=content)


def _is_fresh(asked: Mapping[str, str], tag: str, changed: datetime) -> bool:
    if (known := asked.get("if-none-match")) is not None:  # it alone decides where both are sent
        return known.strip() == "*" or tag in _TAG.findall(known)
    try:
        return changed <= parsedate_to_datetime(asked.get("if-modified-since", ""))
    except (TypeError, ValueError):
        return False
