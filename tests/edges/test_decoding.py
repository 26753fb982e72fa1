"""The bounded decoder: byte-identical in every coding and every chunking, and never beyond its limits."""

import gzip
import os
import tracemalloc
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from newsdesk.fetch.decoding import BodyDecoder, BodyError
from newsdesk.fetch.records import FetchSettings
from newsdesk.model import Reason
from tests.hostile import CODINGS, FEED, bomb, encode

SETTINGS = FetchSettings(user_agent="Newsdesk/0.1")
CHUNKS = (1, 1000, 65536, 0)  # 0: all at once
SHARED = Path(os.environ.get("NEWSDESK_SHARED", Path(__file__).resolve().parents[2] / "../shared"))


def decode(raw: bytes, coding: str, chunk: int = 0, limits: FetchSettings = SETTINGS) -> bytes:
    decoder = BodyDecoder("deflate" if coding == "rawdeflate" else coding, limits)
    step = chunk or max(len(raw), 1)
    for start in range(0, len(raw), step):
        decoder.feed(raw[start : start + step])
    return decoder.finish()


@pytest.mark.parametrize("chunk", CHUNKS)
@pytest.mark.parametrize("coding", ["identity", "", *CODINGS])
def test_a_document_comes_back_byte_for_byte(coding: str, chunk: int) -> None:
    noise = os.urandom(3000)
    document = FEED * 20 + noise
    assert decode(encode(document, coding), coding, chunk) == document


@given(data=st.binary(max_size=400), coding=st.sampled_from(CODINGS), chunk=st.sampled_from(CHUNKS))
@settings(max_examples=200, deadline=None)
def test_any_bytes_come_back(data: bytes, coding: str, chunk: int) -> None:
    assert decode(encode(data, coding), coding, chunk) == data


@given(data=st.binary(max_size=300), coding=st.sampled_from(CODINGS), chunk=st.sampled_from(CHUNKS))
@settings(max_examples=200, deadline=None)
def test_any_bytes_under_any_name_give_a_body_or_a_reason(data: bytes, coding: str, chunk: int) -> None:
    reason = None
    try:
        decode(data, coding, chunk)
    except BodyError as error:
        reason = error.reason
    assert reason in (None, Reason.BAD_ENCODING, Reason.BROKEN_TRANSFER)


@pytest.mark.parametrize("chunk", CHUNKS)
def test_several_members_are_one_body_and_padding_is_none_of_it(chunk: int) -> None:
    assert decode(gzip.compress(b"one ") + gzip.compress(b"two") + b"\0" * 512, "gzip", chunk) == b"one two"
    assert decode(zstandard.compress(b"one ") + zstandard.compress(b"two"), "zstd", chunk) == b"one two"


@pytest.mark.parametrize("coding", CODINGS)
def test_an_empty_body_needs_no_coding(coding: str) -> None:
    assert decode(b"", coding) == b""


@pytest.mark.parametrize("name", ["GZIP", " gzip ", "x-gzip", "gzip, identity"])
def test_names_of_codings_are_read_loosely(name: str) -> None:
    decoder = BodyDecoder(name, SETTINGS)
    decoder.feed(gzip.compress(FEED))
    assert decoder.finish() == FEED


@pytest.mark.parametrize("name", ["gzip, gzip", "br, gzip", "compress", "aes128gcm"])
def test_stacked_and_unknown_codings_are_refused(name: str) -> None:
    with pytest.raises(BodyError) as caught:
        BodyDecoder(name, SETTINGS)
    assert caught.value.reason == Reason.BAD_ENCODING


@pytest.mark.parametrize("start", [b"<?xml", b"\xef\xbb\xbf\n <rss>", b"<!DOCTYPE html>", b'{"version":1}'])
@pytest.mark.parametrize("coding", CODINGS)
def test_a_document_in_the_clear_is_known_by_its_start(coding: str, start: bytes) -> None:
    for chunk in CHUNKS:
        assert decode(start + b" rest", coding, chunk) == start + b" rest"


@pytest.mark.parametrize("coding", CODINGS)
def test_a_bomb_costs_little_memory(coding: str) -> None:
    raw = bomb(coding)
    tracemalloc.start()
    try:
        with pytest.raises(BodyError) as caught:
            decode(raw, coding, 65536)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert caught.value.reason == Reason.TOO_LARGE
    assert peak < 32_000_000


def test_the_ratio_is_free_for_small_documents_only() -> None:
    spacious = encode(b" " * 900_000, "gzip")
    assert len(decode(spacious, "gzip")) == 900_000
    with pytest.raises(BodyError, match="50-fold"):
        decode(encode(b" " * 1_200_000, "gzip"), "gzip")


def test_a_window_beyond_the_standard_is_refused() -> None:
    packer = zstandard.ZstdCompressor(
        compression_params=zstandard.ZstdCompressionParameters(window_log=27)
    ).compressobj()
    with pytest.raises(BodyError) as caught:
        decode(packer.compress(os.urandom(1000)) + packer.flush(), "zstd")
    assert caught.value.reason == Reason.BAD_ENCODING


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="the shared test data is not here")
def test_real_pages_come_back_byte_for_byte() -> None:
    pages = [gzip.decompress(path.read_bytes()) for path in sorted((SHARED / "data/articles").rglob("*.html.gz"))[:12]]
    for number, page in enumerate(pages):
        coding = CODINGS[number % len(CODINGS)]
        assert all(decode(encode(page, coding), coding, chunk) == page for chunk in (7, 1000, 65536, 0))
