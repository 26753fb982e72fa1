"""Bytes under the name of a content coding, and bombs of each."""

import gzip
import zlib
from functools import cache

import brotli
import zstandard

from tests.hostile.wire import MEGABYTE

CODINGS = ("gzip", "deflate", "rawdeflate", "br", "zstd")


def encode(data: bytes, coding: str) -> bytes:
    """The bytes under a coding's name; `rawdeflate` is deflate without the zlib frame."""
    match coding:
        case "gzip":
            return gzip.compress(data)
        case "deflate":
            return zlib.compress(data)
        case "rawdeflate":
            packer = zlib.compressobj(wbits=-15)
            return packer.compress(data) + packer.flush()
        case "br":
            return bytes(brotli.compress(data, quality=5))
        case "zstd":
            return zstandard.compress(data)
        case _:
            return data


@cache
def bomb(coding: str) -> bytes:
    """100 MB of zeros in a few kilobytes."""
    zeros = bytes(MEGABYTE)
    if coding in ("deflate", "rawdeflate", "gzip"):
        packer = zlib.compressobj(wbits={"deflate": 15, "rawdeflate": -15, "gzip": 31}[coding])
        return b"".join(packer.compress(zeros) for _ in range(100)) + packer.flush()
    if coding == "br":
        brotler = brotli.Compressor(quality=5)
        return b"".join(brotler.process(zeros) for _ in range(100)) + bytes(brotler.finish())
    zipper = zstandard.ZstdCompressor().compressobj()
    return b"".join(zipper.compress(zeros) for _ in range(100)) + zipper.flush()


def coding_header(coding: str) -> dict[str, str]:
    return {"Content-Encoding": "deflate" if coding == "rawdeflate" else coding}
