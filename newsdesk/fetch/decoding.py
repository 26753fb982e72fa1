"""Content codings (RFC 9110 section 8.4), undone piece by piece under limits, so that no bomb ever stands in memory."""

import zlib
from collections.abc import Iterator
from enum import StrEnum
from typing import Protocol, assert_never

import brotli
import zstandard

from newsdesk.fetch.records import FetchSettings
from newsdesk.model import Reason

ACCEPT_ENCODING = "gzip, deflate, br, zstd"

_PIECE = 65_536  # decoded bytes asked for at once
_SNIFF = 64  # bytes enough to tell a plain body from a coded one
_ZSTD_WINDOW = 8 << 20  # RFC 9659: the largest window for a content coding
_ZSTD_SLICE = 128  # the binding has no output limit; 128 bytes hold at most 32 blocks, 4 MB decoded
_PLAIN_STARTS = (
    b"<?xm",
    b"<rss",
    b"<fee",
    b"<rdf",
    b"<!do",
    b"<!--",
    b"<htm",
    b"<hea",
    b'{"ve',
    b'{ "v',
    b"<url",
    b"<sit",
)


class BodyError(Exception):
    """A body was refused; `reason` says in what way."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class Coding(StrEnum):
    """The content codings that we ask for."""

    IDENTITY = "identity"
    GZIP = "gzip"
    DEFLATE = "deflate"  # zlib by the standard, raw deflate by the custom of some servers
    BROTLI = "br"
    ZSTD = "zstd"


class BodyDecoder:
    """Takes a body in chunks of any size, gives it back decoded; every limit is checked before memory is spent.

    A plain body under a coding's name is taken as it is: servers that put the header on by mistake are common.
    """

    def __init__(self, content_encoding: str, settings: FetchSettings) -> None:
        self._coding = _coding_of(content_encoding)
        self._settings = settings
        self._raw = 0
        self._head = b""
        self._stream: _Stream | None = None
        self._body = bytearray()

    @property
    def size(self) -> int:
        """Bytes decoded by now."""
        return len(self._body)

    def expect(self, content_length: int | None) -> None:
        """Refuse a body that is too large by its own announcement, before a byte of it is read."""
        if content_length is not None:
            self._check_raw(content_length)

    def feed(self, chunk: bytes) -> None:
        """Take the next raw bytes; `BodyError` when a limit is passed or the coding is damaged."""
        self._raw += len(chunk)
        self._check_raw(self._raw)
        if self._stream is not None:
            self._write(self._stream, chunk)
            return
        self._head += chunk
        if len(self._head) >= _SNIFF:
            self._begin()

    def finish(self) -> bytes:
        """The whole decoded body; `BodyError` if its coding ends too early."""
        stream = self._stream or self._begin()
        if self._raw and not stream.complete:
            raise BodyError(Reason.BROKEN_TRANSFER, f"the {self._coding} body ends too early")
        return bytes(self._body)

    def so_far(self, limit: int) -> bytes:
        """The first `limit` decoded bytes, for a reader who wants no more."""
        return bytes(self._body[:limit])

    def _begin(self) -> "_Stream":
        head, self._head = self._head, b""
        stream = self._stream = _open_stream(self._coding, head)
        self._write(stream, head)
        return stream

    def _write(self, stream: "_Stream", chunk: bytes) -> None:
        try:
            for piece in stream.decode(chunk):
                self._body += piece
                self._check_size()
        except (zlib.error, brotli.error, zstandard.ZstdError) as error:
            raise BodyError(Reason.BAD_ENCODING, f"the body is not readable as {self._coding}: {error}") from error

    def _check_raw(self, size: int) -> None:
        if size > self._settings.max_raw:
            limit = self._settings.max_raw
            raise BodyError(Reason.TOO_LARGE, f"the body is larger than {limit} bytes on the wire")

    def _check_size(self) -> None:
        size, settings = len(self._body), self._settings
        if size > settings.max_decoded:
            raise BodyError(Reason.TOO_LARGE, f"the body is larger than {settings.max_decoded} bytes when decoded")
        if size > self._raw * settings.max_ratio + settings.ratio_free:
            raise BodyError(Reason.TOO_LARGE, f"the body grows more than {settings.max_ratio}-fold when decoded")


class _Stream(Protocol):
    @property
    def complete(self) -> bool: ...

    def decode(self, data: bytes) -> Iterator[bytes]: ...


def _coding_of(content_encoding: str) -> Coding:
    names = [name for part in content_encoding.lower().split(",") if (name := part.strip()) not in ("", "identity")]
    if len(names) > 1:
        raise BodyError(Reason.BAD_ENCODING, f"stacked content codings are refused: {content_encoding!r}")
    name = names[0].removeprefix("x-") if names else Coding.IDENTITY.value  # RFC 9110: x-gzip is gzip
    try:
        return Coding(name)
    except ValueError:
        raise BodyError(Reason.BAD_ENCODING, f"content coding not asked for: {content_encoding!r}") from None


def _open_stream(coding: Coding, head: bytes) -> _Stream:
    if head.removeprefix(b"\xef\xbb\xbf").lstrip()[:4].lower() in _PLAIN_STARTS:
        return _Plain()
    match coding:
        case Coding.IDENTITY:
            return _Plain()
        case Coding.GZIP:
            return _Zlib(zlib.MAX_WBITS | 16, magic=b"\x1f") if head.startswith(b"\x1f\x8b") else _Plain()
        case Coding.DEFLATE:
            return _Zlib(zlib.MAX_WBITS if _has_zlib_header(head) else -zlib.MAX_WBITS)
        case Coding.BROTLI:
            return _Brotli()
        case Coding.ZSTD:
            return _Zstd()
        case _:
            assert_never(coding)


def _has_zlib_header(head: bytes) -> bool:
    """RFC 1950 section 2.2: method 8, and the first two bytes divide by 31."""
    return len(head) >= 2 and head[0] & 0x0F == 8 and (head[0] << 8 | head[1]) % 31 == 0  # noqa: PLR2004 - the RFC's


class _Plain:
    complete = True

    def decode(self, data: bytes) -> Iterator[bytes]:
        yield data


class _Zlib:
    """gzip, zlib and raw deflate; a gzip body may have several members, and padding behind the last is ignored."""

    def __init__(self, bits: int, *, magic: bytes = b"") -> None:
        self._bits = bits
        self._magic = magic
        self._inflate = zlib.decompressobj(bits)
        self._ended = False

    @property
    def complete(self) -> bool:
        return self._inflate.eof

    def decode(self, data: bytes) -> Iterator[bytes]:
        while data and not self._ended:
            if self._inflate.eof:
                self._ended = not self._magic or not data.startswith(self._magic)
                if self._ended:
                    return
                self._inflate = zlib.decompressobj(self._bits)
            yield from self._drain(data)
            data = self._inflate.unused_data

    def _drain(self, data: bytes) -> Iterator[bytes]:
        piece = self._inflate.decompress(data, _PIECE)
        yield piece
        # A full piece means that more may wait inside although the input is used up.
        while len(piece) == _PIECE or self._inflate.unconsumed_tail:
            piece = self._inflate.decompress(self._inflate.unconsumed_tail, _PIECE)
            yield piece


class _Brotli:
    def __init__(self) -> None:
        self._inflate = brotli.Decompressor()

    @property
    def complete(self) -> bool:
        return bool(self._inflate.is_finished())

    def decode(self, data: bytes) -> Iterator[bytes]:
        piece: bytes = self._inflate.process(data, output_buffer_limit=_PIECE)
        # `can_accept_more_data` alone loses the tail: only an empty piece means that all is out.
        while piece or not (self._inflate.can_accept_more_data() or self._inflate.is_finished()):
            yield piece
            piece = self._inflate.process(b"", output_buffer_limit=_PIECE)


class _Zstd:
    """One or more frames, RFC 8878."""

    def __init__(self) -> None:
        self._inflate = _new_zstd()

    @property
    def complete(self) -> bool:
        return self._inflate.eof

    def decode(self, data: bytes) -> Iterator[bytes]:
        for start in range(0, len(data), _ZSTD_SLICE):
            rest = data[start : start + _ZSTD_SLICE]
            while rest:
                if self._inflate.eof:
                    self._inflate = _new_zstd()
                yield self._inflate.decompress(rest)
                rest = self._inflate.unused_data if self._inflate.eof else b""


def _new_zstd() -> "zstandard.ZstdDecompressionObj":  # the name exists for type checkers only
    return zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW).decompressobj()
