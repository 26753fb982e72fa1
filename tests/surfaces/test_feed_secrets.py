"""Passwords in feeds' addresses, their headers and their proxies are shown nowhere."""

from pathlib import Path

import pytest

from newsdesk.newsroom import Newsroom
from tests.surfaces.conftest import Ran, call, make_home

SECRETS = ("pass-word", "to-ken", "proxy-word")
WATCHLIST = """\
version: 1
feeds:
  - url: http://alice:pass-word@gujarat-ledger.localhost:{port}/feeds/latest.xml
    name: The Ledger
    headers: {{X-Token: to-ken}}
  - {{url: "http://alice:pass-word@gujarat-ledger.localhost:{port}/nothing", name: Nothing}}
  - {{url: "http://capital-post.localhost:{port}/feed.json", name: Proxied, proxy: "http://me:proxy-word@127.0.0.1:1"}}
"""


@pytest.fixture(scope="module")
def home(newsroom: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A line that polled; tests only read it."""
    made = make_home(tmp_path_factory.mktemp("secrets") / "home", newsroom.port, report_to="desk@paper.example")
    (made / "watchlist.yaml").write_text(WATCHLIST.format(port=newsroom.port), encoding="utf-8")
    ran = call("--home", str(made), "poll")
    assert "warning: poll http://gujarat-ledger.localhost" in ran.err
    assert clean(ran)
    return made


def clean(ran: Ran) -> bool:
    return not any(secret in ran.out + ran.err for secret in SECRETS)


@pytest.mark.parametrize(
    "command",
    [
        "feeds",
        "feeds --json",
        "feeds show Nothing",
        "feeds show Nothing --json",
        "feeds poll Nothing --json",
        "feeds revive Nothing",
        "feeds show Noth",
        "feeds report",
        "feeds report --json",
        "feeds export",
        "feeds export --json",
        "status",
        "status --json",
        "watchlist check",
        "doctor",
    ],
)
def test_no_command_shows_a_secret(home: Path, command: str) -> None:
    ran = call("--home", str(home), *command.split())
    assert ran.out + ran.err
    assert clean(ran)


def test_neither_the_life_of_an_article_nor_its_link_holds_the_password(home: Path, newsroom: Newsroom) -> None:
    ran = call(
        *("--home", str(home), "explain", "--json"),
        f"http://gujarat-ledger.localhost:{newsroom.port}/economy/sanand-chip-plant-policy",
    )
    assert f'"feed_url": "http://gujarat-ledger.localhost:{newsroom.port}/feeds/latest.xml"' in ran.out
    assert clean(ran)


def test_a_feed_is_found_by_its_address_as_it_is_shown(home: Path, newsroom: Newsroom) -> None:
    shown = call("--home", str(home), "feeds", "show", f"http://gujarat-ledger.localhost:{newsroom.port}/nothing")
    assert shown.out.startswith("Nothing\n")


def test_an_export_with_secrets_is_for_its_owner_alone(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "feeds.opml"
    file.write_text("old", encoding="utf-8")
    file.chmod(0o644)
    ran = call("--home", str(home), "feeds", "export", str(file), "--secrets")
    assert clean(ran)
    assert all(secret in file.read_text(encoding="utf-8") for secret in SECRETS)
    assert file.stat().st_mode & 0o777 == 0o600
