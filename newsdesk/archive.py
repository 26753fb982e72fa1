"""Stored pages: one WARC/1.1 file (ISO 28500) for each fetched page, so that any tool of the trade can read them.

The body is stored with its content coding undone. Headers that speak of the bytes on the wire would then be wrong; they
are kept under the prefix that other archives use for it, and come back under their own names.
"""

import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http.client import responses
from io import BytesIO
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newsdesk.errors import ArchiveError

_KEY = re.compile(r"(\d{4}/\d{2}/\d{2})/[0-9a-f]{32}\.warc\.gz", re.ASCII)
_WIRE_HEADERS = ("content-encoding", "content-length", "transfer-encoding")
_KEPT = "x-archive-orig-"
_BREAKS = re.compile(r"[\r\n\x00]+")


class PageMissingError(ArchiveError):
    """No page is stored under this key."""


class PageDamagedError(ArchiveError):
    """The file of a page is not what was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedPage:
    """A page as it was fetched."""

    url: str
    fetched_at: datetime  # aware UTC
    status: int
    headers: Mapping[str, str]
    body: bytes


class Archive:
    """Pages below one folder, by the day of their fetching. Keys are relative, so the folder may be moved."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, *, url: str, fetched_at: datetime, status: int, headers: Mapping[str, str], body: bytes) -> str:
        """Store a page and return its key; the same URL and body of one day are stored once, as they were first seen.

        When it returns, the page survives a power cut. `ArchiveError` where it cannot be stored (disk full, rights).
        """
        page = ArchivedPage(
            url=_BREAKS.sub("", url), fetched_at=fetched_at.astimezone(UTC), status=status, headers=headers, body=body
        )
        key = _key_of(page)
        path = self._root / key
        if not self._is_whole(key):
            try:
                _write_durably(path, _rendered(page, key))
            except OSError as error:
                raise ArchiveError(_complaint(path, error)) from error
        return key

    def get(self, key: str) -> ArchivedPage:
        """The page of a key; `PageMissingError`, or `PageDamagedError` where its digests do not agree."""
        if not _KEY.fullmatch(key):
            raise PageMissingError(f"{key!r} is no key of the archive")
        path = self._root / key
        try:
            stored = path.read_bytes()
        except FileNotFoundError:
            raise PageMissingError(
                f"the archive has no page {key}: it was pruned, or {self._root} is another folder"
            ) from None
        except OSError as error:
            raise ArchiveError(f"the archived page {path} cannot be read: {error.strerror}") from error
        page = _parsed(stored, key)
        if _key_of(page) != key:
            raise PageDamagedError(f"the archived page {key} is damaged: its content is that of another key")
        return page

    def _is_whole(self, key: str) -> bool:
        try:
            self.get(key)
        except (PageMissingError, PageDamagedError):
            return False
        return True

    def remove(self, key: str) -> None:
        """Forget the page of a key, be it there or not. Raises ArchiveError."""
        path = self._root / key
        try:
            if _KEY.fullmatch(key):
                path.unlink(missing_ok=True)
        except OSError as error:
            raise ArchiveError(f"the archived page {path} cannot be removed: {error.strerror}") from error

    def prune(self, before: date) -> int:
        """Delete all pages fetched before that day (UTC), and what a crash left half written; returns how many pages.

        Files that are not the archive's own are left alone.
        """
        pruned = 0
        for day, folder in self._days():
            if day < before:
                pruned += _empty(folder)
                for emptied in (folder, folder.parent, folder.parent.parent):
                    with suppress(OSError):  # not empty
                        emptied.rmdir()
        return pruned

    def _days(self) -> Iterator[tuple[date, Path]]:
        for folder in sorted(self._root.glob("[0-9][0-9][0-9][0-9]/[0-9][0-9]/[0-9][0-9]")):
            with suppress(ValueError):  # no day of the calendar: not ours
                yield date.fromisoformat("-".join(folder.parts[-3:])), folder


def _key_of(page: ArchivedPage) -> str:
    digest = hashlib.sha256(page.url.encode("utf-8", "surrogatepass") + page.body).hexdigest()
    return f"{page.fetched_at:%Y/%m/%d}/{digest[:32]}.warc.gz"


def _payload_digest(body: bytes) -> str:
    return "sha256:" + hashlib.sha256(body).hexdigest()


class _HttpHead(StatusAndHeaders):  # type: ignore[misc] # warcio has no types
    """An HTTP head that keeps its characters: warcio would turn those beyond ASCII into escapes."""

    def to_ascii_bytes(self, header_filter: object = None) -> bytes:
        """What warcio writes; it reads UTF-8 by itself."""
        return bytes(self.to_bytes(header_filter))


def _rendered(page: ArchivedPage, key: str) -> bytes:
    out = BytesIO()
    writer = WARCWriter(out, gzip=True, warc_version="1.1")
    headers = [(_kept_name(name), _BREAKS.sub(" ", value)) for name, value in page.headers.items()]
    head = _HttpHead(
        f"{page.status} {responses.get(page.status, 'Unknown')}",
        [*headers, ("content-length", str(len(page.body)))],
        protocol="HTTP/1.1",
    )
    record = writer.create_warc_record(
        page.url,
        "response",
        payload=BytesIO(page.body),
        length=len(page.body),
        warc_headers_dict={
            "WARC-Record-ID": f"<urn:uuid:{uuid5(NAMESPACE_URL, key)}>",
            "WARC-Date": page.fetched_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "WARC-Payload-Digest": _payload_digest(page.body),
        },
        http_headers=head,
    )
    writer.write_record(record)
    return out.getvalue()


def _parsed(stored: bytes, key: str) -> ArchivedPage:
    try:
        record = next(iter(ArchiveIterator(BytesIO(stored))))
        body: bytes = record.raw_stream.read()
        page = ArchivedPage(
            url=record.rec_headers.get_header("WARC-Target-URI"),
            fetched_at=datetime.fromisoformat(record.rec_headers.get_header("WARC-Date")),
            status=int(record.http_headers.get_statuscode()),
            headers={
                name.removeprefix(_KEPT): value
                for name, value in record.http_headers.headers
                if name != "content-length"
            },
            body=body,
        )
    except Exception as error:  # whatever warcio meets in a broken file
        raise PageDamagedError(f"the archived page {key} is damaged: {type(error).__name__}") from error
    if record.rec_headers.get_header("WARC-Payload-Digest") != _payload_digest(body):
        raise PageDamagedError(f"the archived page {key} is damaged: its digest is another one than stored")
    return page


def _kept_name(name: str) -> str:
    return _KEPT + name if name.lower() in _WIRE_HEADERS or name.lower().startswith(_KEPT) else name


def _write_durably(path: Path, content: bytes) -> None:
    """The whole file or none: readers never see a part, and after a power cut neither."""
    _make_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _make_folder(folder: Path) -> None:
    if not folder.is_dir():
        _make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _empty(folder: Path) -> int:
    pruned = 0
    for path in folder.iterdir():
        is_page = path.name.endswith(".warc.gz")
        if is_page or (path.name.startswith(".") and path.name.endswith(".part")):
            path.unlink(missing_ok=True)
            pruned += is_page
    return pruned


def _complaint(path: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"no room to archive {path}: free space on its disk, or prune the archive ({error.strerror})"
    return f"{path} cannot be archived: {error.strerror or error}"
