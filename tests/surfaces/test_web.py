"""The web app as its visitors see it: pages, the health check, and what every answer carries."""

import json
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import update

from newsdesk.ledger import open_ledger, tables
from newsdesk.ledger.overview import overview
from newsdesk.services import Services, open_services
from newsdesk.web import WebServer, make_app
from newsdesk.web.headers import SAFE
from tests.pipeline.hub import ask
from tests.surfaces.conftest import Line, call, clean_environment


@contextmanager
def served(services: Services) -> Iterator[str]:
    """The address of the app, without a slash at the end."""
    server = WebServer(make_app(services), host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield server.url.rstrip("/")
    finally:
        server.stop()
        thread.join()


@pytest.fixture
def services(own_line: Line) -> Iterator[Services]:
    from newsdesk.cli.frame import settings_for

    with open_services(settings_for(own_line.home)) as opened:
        yield opened


def test_the_front_page_says_what_this_is_and_how_much_there_is(services: Services) -> None:
    with services.ledger.read() as connection:
        seen = overview(connection)
    with served(services) as web:
        page = ask("GET", f"{web}/")
        style = ask("GET", f"{web}/style.css")
    text = page.body.decode()
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>Newsdesk</title>" in text
    for number, word in ((len(seen.feeds), "feeds"), (seen.article_count, "articles"), (seen.alert_count, "alerts")):
        assert f"<div><dt>{word}</dt><dd>{number}</dd>" in text
    assert "prefers-color-scheme: dark" in style.body.decode()
    assert not re.search(r"https?://|//\w|@import|url\(", text + style.body.decode()), "nothing is loaded from afar"


def test_every_answer_is_safe_and_names_no_server(services: Services) -> None:
    with served(services) as web:
        answers = [
            ask("GET", f"{web}/"),
            ask("GET", f"{web}/style.css"),
            ask("GET", f"{web}/health"),
            ask("GET", f"{web}/nowhere"),
            ask("POST", f"{web}/websub/nobody", body=b"x"),
            ask("DELETE", f"{web}/"),
        ]
    assert [answer.status for answer in answers] == [200, 200, 200, 404, 404, 405]
    for answer in answers:
        assert "server" not in answer.headers
        assert {name: answer.headers[name.lower()] for name in SAFE} == SAFE


def test_what_there_is_not_is_always_the_same(services: Services) -> None:
    paths = ("/nowhere", "/docs", "/openapi.json", "/websub/nobody", "/websub/", "/../../etc/passwd", "/style.css/x")
    with served(services) as web:
        answers = {(said.status, said.body) for said in (ask("GET", web + path) for path in paths)}
    assert answers == {(404, b"not found\n")}


def test_the_health_check_counts_and_says_whether_the_line_runs(services: Services) -> None:
    with served(services) as web:
        well = json.loads(ask("GET", f"{web}/health").body)
    late = replace(services, clock=lambda: datetime.now(UTC) + timedelta(days=3))
    with served(late) as web:
        said = ask("GET", f"{web}/health")
        page = ask("GET", f"{web}/").body.decode()
    ill = json.loads(said.body)
    assert (well["ok"], well["problems"], well["feeds"]) == (True, [], 2)
    assert well["articles"] > 0
    assert (said.status, ill["ok"], ill["feeds_late"]) == (200, False, 2)
    assert "does the line run?" in ill["problems"][0]
    assert "does the line run?" in page


def test_without_its_ledger_the_app_says_that_it_cannot_answer_now(services: Services, own_line: Line) -> None:
    with served(services) as web:
        assert ask("GET", f"{web}/health").status == 200
        (own_line.home / "ledger.db").unlink()
        health, page = ask("GET", f"{web}/health"), ask("GET", f"{web}/")
        push = ask("POST", f"{web}/websub/nobody", body=b"x")
    assert (health.status, json.loads(health.body)["ok"]) == (503, False)
    assert (page.status, push.status) == (503, 503)
    assert page.headers["retry-after"] == "60"


def test_below_another_path_the_page_finds_its_own_things(services: Services) -> None:
    from fastapi import FastAPI

    outer = FastAPI()
    outer.mount("/newsdesk", make_app(services))
    server = WebServer(outer, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        page = ask("GET", f"{server.url}newsdesk/").body.decode()
        assert 'href="/newsdesk/style.css"' in page
        assert ask("GET", f"{server.url}newsdesk/style.css").status == 200
    finally:
        server.stop()
        thread.join()


def test_the_command_serves_until_it_is_told_to_end(own_line: Line) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "newsdesk", "--home", str(own_line.home), "web", "--port", "0"],
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    )
    assert process.stderr is not None
    found = re.search(r"http://\S+", process.stderr.readline())
    assert found is not None
    assert ask("GET", found[0]).status == 200
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=60)
    assert process.returncode in (0, -signal.SIGTERM)
    assert errors == ""


def test_a_port_that_is_taken_is_told(own_line: Line) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ran = call("--home", str(own_line.home), "web", "--port", port)
    assert ran.code == 1
    assert f"127.0.0.1 port {port} cannot be listened on: Address already in use; --port takes another" in ran.err


def test_the_loop_processes_what_comes_in_between_two_rounds(own_line: Line) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "newsdesk", "--home", str(own_line.home), "run", "--loop", "--every", "3600", "--json"],
        stdout=subprocess.PIPE,
        text=True,
        env=clean_environment(),
    )
    assert process.stdout is not None
    whole = json.loads(process.stdout.readline())
    with open_ledger(f"sqlite:///{own_line.home / 'ledger.db'}") as ledger, ledger.write() as connection:
        again = {"stage": "collect", "due_at": datetime.now(UTC)}
        connection.execute(update(tables.entries).where(tables.entries.c.outcome == "done").values(again))
    arrived = json.loads(process.stdout.readline())
    process.terminate()
    process.communicate(timeout=60)
    assert process.returncode == 0
    assert [count["step"] for count in whole][:3] == ["poll", "subscribe", "collect"]
    assert arrived[0]["step"] == "collect"
    assert sum(arrived[0]["outcomes"].values()) > 0
