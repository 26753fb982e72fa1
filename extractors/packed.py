"""Documents that are gzip files by themselves, as sitemaps may be (sitemaps.org, "Sitemap file location")."""

import zlib
from typing import Final

from .records import ExtractError

_LARGEST: Final = 20_000_000  # bytes when unpacked, as for every feed
_MAGIC = b"\x1f\x8b\x08"
_GZIP = zlib.MAX_WBITS | 16


def unpacked(content: bytes) -> bytes:
    """What the gzip file holds; any other content as it is. One that is cut off gives what stands before the break.

    Raises ExtractError for a file that is damaged or holds more than 20 MB; never more than that is unpacked.
    """
    if not content.startswith(_MAGIC):
        return content
    inflate = zlib.decompressobj(_GZIP)
    try:
        document = inflate.decompress(content, _LARGEST + 1)
    except zlib.error as error:
        raise ExtractError(f"the gzip file is damaged ({error}): fetch it anew") from error
    if len(document) > _LARGEST:
        raise ExtractError(f"the gzip file holds more than {_LARGEST} bytes: ask for fewer entries")
    return document or content
