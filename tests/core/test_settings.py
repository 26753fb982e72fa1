"""Settings: defaults, the environment, and clear words where it is wrong."""

from ipaddress import ip_network
from pathlib import Path

import pytest

from newsdesk.errors import SettingsError
from newsdesk.settings import describe_settings, read_settings


def test_with_nothing_set_all_state_lies_below_var() -> None:
    settings = read_settings({})
    assert settings.ledger_address == "sqlite:///var/ledger.db"
    assert settings.index_address == "var/index.db"
    assert settings.mail_address == "spool:var/mail"
    assert settings.archive_folder == Path("var/archive")


def test_the_environment_wins_over_defaults_and_arguments_over_both(tmp_path: Path) -> None:
    environ = {
        "NEWSDESK_HOME": "/somewhere",
        "NEWSDESK_WORKERS": "3",
        "NEWSDESK_ALLOW_NETWORKS": "127.0.0.0/8, ::1/128",
    }
    settings = read_settings(environ, home=tmp_path)
    assert (settings.home, settings.workers) == (tmp_path, 3)
    assert settings.allow_networks == (ip_network("127.0.0.0/8"), ip_network("::1/128"))


def test_a_secret_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text("postgresql://user:word@db/ledger\n")
    assert read_settings({"NEWSDESK_LEDGER_URL_FILE": str(file)}).ledger_address == "postgresql://user:word@db/ledger"


@pytest.mark.parametrize(
    ("environ", "words"),
    [
        ({"NEWSDESK_WORKER": "2"}, "NEWSDESK_WORKER is not a setting; did you mean NEWSDESK_WORKERS"),
        ({"NEWSDESK_WORKERS": "two"}, "NEWSDESK_WORKERS=two"),
        ({"NEWSDESK_WORKERS": "-1"}, "NEWSDESK_WORKERS must not be less than 0"),
        ({"NEWSDESK_ALLOW_NETWORKS": "localhost"}, "NEWSDESK_ALLOW_NETWORKS=localhost"),
        ({"NEWSDESK_TDMREP": "perhaps"}, "NEWSDESK_TDMREP=perhaps: write on or off"),
        ({"NEWSDESK_XYZZY": "1"}, "NEWSDESK_XYZZY is not a setting; docs/reference/settings.md lists them"),
        ({"NEWSDESK_WEB_URL": "news.example"}, "NEWSDESK_WEB_URL=news.example: write an address such as https"),
        ({"NEWSDESK_WEB_URL": "https://news.example/?a=b"}, "write an address such as https"),
        ({"NEWSDESK_REPORT_TO": "the desk"}, "NEWSDESK_REPORT_TO=the desk: write one address, such as desk@"),
        ({"NEWSDESK_ENGINE": "magic"}, "write cascade or newspaper"),
        ({"NEWSDESK_POLL_MINIMUM_SECONDS": "99999"}, "MINIMUM"),
        ({"NEWSDESK_MAIL_URL_FILE": "/no/such/file"}, "NEWSDESK_MAIL_URL_FILE names /no/such/file"),
    ],
)
def test_a_wrong_setting_is_named_with_its_remedy(environ: dict[str, str], words: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(environ)
    assert words in str(caught.value)


def test_a_switch_is_on_or_off() -> None:
    assert [read_settings({"NEWSDESK_TDMREP": text}).tdmrep for text in ("on", "OFF", "")] == [True, False, True]
    assert ("NEWSDESK_TDMREP", "on") in [(name, default) for name, default, _ in describe_settings()]


def test_every_setting_has_a_meaning() -> None:
    assert all(meaning for _, _, meaning in describe_settings())
