"""The server's own manners: start, stop, log, several at once, advancing over the wire."""

import json
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from newsdesk.errors import NewsdeskError
from newsdesk.newsroom import Newsroom, serve
from tests.newsroom.client import ask, ask_feed, url_of


def test_after_the_end_the_port_is_free_and_no_thread_is_left() -> None:
    with Newsroom() as room:
        port = room.port
        assert ask(room, room.url).status == 200
    assert f"newsroom-{port}" not in {thread.name for thread in threading.enumerate()}
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    room.stop()  # a second end does nothing
    with Newsroom(port=port) as again:
        assert again.port == port


def test_a_newsroom_that_never_opened_can_be_closed() -> None:
    Newsroom().stop()


def test_several_newsrooms_live_side_by_side_each_in_its_own_edition() -> None:
    with Newsroom() as one, Newsroom() as two:
        assert one.port != two.port
        one.advance()
        assert (one.edition, two.edition) == (2, 1)
        assert ask_feed(one, "plains-observer").status == 200
        assert ask_feed(two, "plains-observer").status == 500
        assert {request.host for request in two.requests} == {"plains-observer.localhost"}


def test_a_taken_port_is_told_with_the_remedy() -> None:
    with Newsroom() as room, pytest.raises(NewsdeskError, match=f"port {room.port} is in use"):
        Newsroom(port=room.port)


def test_the_edition_can_be_turned_over_the_wire_and_stays(newsroom: Newsroom) -> None:
    url = f"{newsroom.url}_newsroom/advance"
    for _ in range(2):
        reply = ask(newsroom, url, method="POST")
        assert json.loads(reply.content) == {"edition": 2}
        now = ask_feed(newsroom, "dharti-wire").headers["last-modified"]
        assert now == "Mon, 02 Mar 2026 07:30:00 GMT"
    assert newsroom.edition == 2
    assert ask(newsroom, newsroom.url, method="POST").status == 405


def test_an_edition_begins_a_second_after_the_first_at_the_earliest() -> None:
    still = datetime(2026, 3, 2, 6, 30, 0, 900_000, tzinfo=UTC)
    with Newsroom(clock=lambda: still) as room:
        first = ask_feed(room, "dharti-wire").headers["last-modified"]
        room.advance()
        assert ask_feed(room, "dharti-wire", if_modified_since=first).status == 200


def test_every_request_is_noted_with_host_path_status_and_headers(newsroom: Newsroom) -> None:
    ask_feed(newsroom, "gujarat-ledger", user_agent="Tester/1.0")
    ask(newsroom, url_of(newsroom, "lost-ferry-page"), method="HEAD")
    first, second = newsroom.requests
    assert (first.method, first.host, first.path, first.status) == (
        "GET", "gujarat-ledger.localhost", "/feeds/latest.xml", 200,
    )  # fmt: skip
    assert first.headers["user-agent"] == "Tester/1.0"
    assert (second.method, second.path, second.status) == ("HEAD", "/city/lost-ferry-page.html", 404)


def test_head_gives_the_headers_of_get_and_no_content(newsroom: Newsroom) -> None:
    url = url_of(newsroom, "rajkot-pump-exports")
    head, get = ask(newsroom, url, method="HEAD"), ask(newsroom, url)
    assert head.content == b""
    assert head.headers["content-length"] == str(len(get.content))
    assert head.headers["etag"] == get.headers["etag"]


def test_many_threads_may_ask_at_once(newsroom: Newsroom) -> None:
    urls = [entry.url for entry in newsroom.entries]
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda url: ask(newsroom, url).status, urls))
    assert statuses.count(200) == len(urls) - 1  # one true 404
    assert len(newsroom.requests) == len(urls)


def test_stopping_ends_a_slow_answer() -> None:
    room = Newsroom(slow_seconds=250.0).start()
    with socket.create_connection(("127.0.0.1", room.port), timeout=30) as slow:
        slow.sendall(b"GET /rss HTTP/1.1\r\nHost: hill-gazette.localhost\r\n\r\n")
        assert ask(room, room.url).status == 200  # connections are taken in order: the slow one is in by now
        room.stop()
        assert slow.recv(12) == b"HTTP/1.1 200"


def test_the_same_seed_gives_the_same_pages_and_another_seed_others() -> None:
    def page(seed: int) -> str:
        with Newsroom(seed=seed, clock=lambda: datetime(2026, 3, 2, tzinfo=UTC)) as room:
            return ask(room, url_of(room, "rajkot-pump-exports")).text.replace(str(room.port), "")

    assert page(1) == page(1)
    assert page(1) != page(2)


def test_serving_by_hand_on_a_taken_port_says_so() -> None:
    said: list[str] = []
    with Newsroom() as room, pytest.raises(NewsdeskError, match="name another port"):
        serve(room.port, say=said.append)
    assert said == []
