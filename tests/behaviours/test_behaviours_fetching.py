"""Transfers: behaviours 8 to 11, sizes, time, broken answers and decoders."""

import asyncio
import gzip
import random
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from newsdesk import pipeline
from newsdesk.fetch import Fetcher, FetchSettings
from newsdesk.fetch.decoding import BodyDecoder
from newsdesk.ledger import tables
from newsdesk.model import Reason
from tests.behaviours.asking import SHARED, reason, reason_of, run_child
from tests.edges.fetching import AGENT, settings, with_server
from tests.hostile import CODINGS, ETAG, FEED, HostileServer, Silent, encode
from tests.hostile.scripts import SCRIPTS, Script
from tests.line import Clock, line

# ------------------------------------------------------------------ 8: sizes


def test_behaviour_08_limits_are_10_mb_raw_20_mb_decoded_and_50_fold() -> None:
    """A body is at most 10 MB on the wire, 20 MB decoded, and 50 times and 1 MB larger than it came."""
    plain = FetchSettings(user_agent=AGENT)
    assert (plain.max_raw, plain.max_decoded, plain.max_ratio, plain.ratio_free) == (10**7, 2 * 10**7, 50, 10**6)
    assert reason("/big/10000001") == Reason.TOO_LARGE
    noise = encode(random.Random(1).randbytes(9_000_000) + b" " * 20_000_000, "gzip")
    with pytest.raises(Exception, match="20000000 bytes when decoded"):
        decode(noise, "gzip", 65536, plain)


def test_behaviour_08_bombs_and_endless_bodies_are_refused_in_64_mb() -> None:
    """Bombs of every coding, of one coding in another and bodies without end cost less than 64 MB of memory."""

    async def run() -> list[tuple[str, int]]:
        async with HostileServer() as server:
            return await run_child(*(server.url(f"/bomb/{coding}") for coding in CODINGS), server.url("/inf"))

    outcomes = asyncio.run(run())
    assert [outcome for outcome, _ in outcomes] == [Reason.TOO_LARGE] * 6
    assert max(growth for _, growth in outcomes) < 64 * 1024


def test_behaviour_08_stacked_codings_are_refused() -> None:
    """A body in two codings, one inside the other, is refused."""
    assert reason("/stacked") == Reason.BAD_ENCODING


# ------------------------------------------------------------------ 9: time


@pytest.mark.parametrize("path", ["/drip", "/stall", "/nohead", "/flood/endless", "/inf"])
def test_behaviour_09_one_deadline_covers_all_of_a_request(path: str) -> None:
    """The deadline, 30 s where nothing is set, runs from the look-up to the last byte, however slowly bytes come."""
    assert FetchSettings(user_agent=AGENT).total_seconds == 30
    assert reason(path, total_seconds=0.3, max_raw=10**12, max_decoded=10**12) in (Reason.TIMEOUT, Reason.TOO_LARGE)


def test_behaviour_09_the_deadline_covers_redirects_and_look_ups() -> None:
    """A chain of slow hops, and a name server that is silent, have the same deadline."""

    async def work(fetcher: Fetcher, server: HostileServer) -> list[str]:
        slow = server.url(f"/redirect?to={quote('/slow/60')}")
        return [await reason_of(fetcher.get(url)) for url in (slow, server.url("/feed", "slow.example"))]

    assert with_server(work, Silent(), total_seconds=0.3) == [Reason.TIMEOUT] * 2


def test_behaviour_09_slow_hosts_delay_no_others() -> None:
    """A hundred hosts that are silent, in their answers or in their names, and a good feed is there at once."""

    async def work(fetcher: Fetcher, server: HostileServer) -> tuple[str, int]:
        urls = [server.url("/nohead")] * 50 + [server.url("/feed", f"slow{n}.example") for n in range(50)]
        slow = [asyncio.ensure_future(fetcher.get(url)) for url in urls]
        good = await reason_of(fetcher.get(server.url("/feed", "good.example")))
        waiting = sum(not task.done() for task in slow)
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)
        return good, waiting

    assert with_server(work, Silent(), concurrency=25, slow_seconds=0.02) == ("fetched", 100)


def test_behaviour_09_a_cancelled_request_closes_its_socket() -> None:
    """Who gives up a request leaves no connection behind."""

    async def work(fetcher: Fetcher, server: HostileServer) -> int:
        request = asyncio.ensure_future(fetcher.get(server.url("/drip")))
        await server.until(open_connections=1)
        request.cancel()
        await asyncio.gather(request, return_exceptions=True)
        await server.until(open_connections=0)
        return server.open_connections

    assert with_server(work) == 0


# ------------------------------------------------------------------ 10: broken answers


BROKEN = {
    "reset/head": Reason.BROKEN_TRANSFER,
    "reset/body": Reason.BROKEN_TRANSFER,
    "chunk/bad": Reason.BROKEN_TRANSFER,
    "chunk/cut": Reason.BROKEN_TRANSFER,
    "length/long": Reason.BROKEN_TRANSFER,
    "cut/gzip": Reason.BROKEN_TRANSFER,
    "noise-as/zstd": Reason.BAD_ENCODING,
    "wall/login": Reason.NOT_A_FEED,
    "wall/parked": Reason.NOT_A_FEED,
}


def playing(path: str) -> Script:
    """The script of that path, whatever path is asked for."""
    name, _, argument = path.partition("/")
    return lambda writer, request, _: SCRIPTS[name](writer, request, argument)


def test_behaviour_10_a_broken_answer_is_an_error_and_changes_nothing(tmp_path: Path) -> None:
    """A broken answer, and a web page where a feed was, give an error; no entry comes of it, the validators stay."""

    async def run() -> list[tuple[Any, ...]]:
        clock, seen = Clock(), list[tuple[Any, ...]]()
        async with HostileServer() as server:
            for path in ("feed", *BROKEN):
                server.plays["switch"] = playing(path)
                with line(tmp_path, server.url("/switch"), clock=clock) as services:
                    await asyncio.to_thread(pipeline.poll, services)
                    with services.ledger.read() as connection:
                        row = connection.execute(tables.feeds.select()).one()
                        entries = len(connection.execute(tables.entries.select()).all())
                seen.append((row.reason, row.etag, entries))
                clock.now = row.due_at
            return seen

    first, *others = asyncio.run(run())
    assert first == (None, ETAG, 40)
    assert others == [(expected, ETAG, 40) for expected in BROKEN.values()]


@pytest.mark.parametrize("path", ["/plain-as/gzip", "/plain-as/br", "/plain-as/zstd", "/coded/rawdeflate"])
def test_behaviour_10_harmless_lies_are_read(path: str) -> None:
    """A plain body under the name of a coding, and deflate without its frame, are read."""
    assert with_server(lambda fetcher, server: fetcher.get(server.url(path))).body == FEED


# ------------------------------------------------------------------ 11: decoders


def decode(raw: bytes, coding: str, chunk: int, limits: FetchSettings | None = None) -> bytes:
    decoder = BodyDecoder("deflate" if coding == "rawdeflate" else coding, limits or settings(max_ratio=10**6))
    step = chunk or max(len(raw), 1)
    for start in range(0, len(raw), step):
        decoder.feed(raw[start : start + step])
    return decoder.finish()


def real_feeds() -> list[bytes]:
    """A sample of the stored feeds, small and large."""
    paths = sorted(path for path in (SHARED / "data/feeds").rglob("*") if path.is_file())
    by_size = sorted(paths, key=lambda path: path.stat().st_size)
    return [path.read_bytes() for path in [*paths[::40], *by_size[-4:]]]


DOCUMENTS = {
    "feed": FEED,
    "long": FEED * 60,  # beyond one piece of every decoder
    "devanagari": ("<rss><title>" + "मुंबई में दुकानें बंद रहीं। " * 400 + "</title></rss>").encode(),
    "noise": random.Random(5).randbytes(150_000),
    "tiny": b"<rss/>",
    "empty": b"",
}


@pytest.mark.parametrize("coding", CODINGS)
@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_behaviour_11_documents_come_back_byte_for_byte(name: str, coding: str) -> None:
    """Every decoder gives back the very bytes, whatever the pieces in which they come."""
    document = DOCUMENTS[name]
    raw = encode(document, coding)
    assert all(decode(raw, coding, chunk) == document for chunk in (1, 1000, 65536, 0))


@pytest.mark.skipif(not (SHARED / "data/feeds").is_dir(), reason="the shared test data is not here")
@pytest.mark.parametrize("coding", CODINGS)
def test_behaviour_11_real_feeds_come_back_byte_for_byte(coding: str) -> None:
    """The same for real feeds."""
    for document in real_feeds():
        raw = encode(document, coding)
        for chunk in (1, 1000, 65536, 0):
            assert decode(raw, coding, chunk) == document


@pytest.mark.skipif(not (SHARED / "data").is_dir(), reason="the shared test data is not here")
def test_behaviour_11_real_pages_come_back_byte_for_byte() -> None:
    """The same for real pages, which are larger."""
    pages = sorted((SHARED / "data/articles").rglob("*.html.gz"))[::60][:6]
    for number, path in enumerate(pages):
        page, coding = gzip.decompress(path.read_bytes()), CODINGS[number % len(CODINGS)]
        assert all(decode(encode(page, coding), coding, chunk) == page for chunk in (1, 1000, 65536, 0))
