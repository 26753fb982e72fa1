"""TLS and logins of the SMTP mailer: nothing goes out unprotected, and no password is shown."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult, LoginPassword

from newsdesk.mail import Security
from tests.edges.certificates import make_certificate, server_context
from tests.edges.relays import MESSAGE, Inbox, failure, flags, mailer, relay, server


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1, signed by itself, and its key."""
    return make_certificate(tmp_path_factory.mktemp("tls"))


class Doorman:
    """Lets one user in."""

    def __call__(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
        known = isinstance(login, LoginPassword) and (login.login, login.password) == (b"desk", b"p@ss")
        return AuthResult(success=known)


def test_mail_goes_by_starttls_after_a_login(certificate: tuple[Path, Path]) -> None:
    inbox = Inbox()
    options = {
        "tls_context": server_context(certificate),
        "require_starttls": True,
        "authenticator": Doorman(),
        "auth_required": True,
    }
    with server(inbox, **options) as plain:
        settings = replace(plain, security=Security.STARTTLS, ca_file=certificate[0], username="desk", password="p@ss")
        with mailer(settings) as made:
            made.deliver(MESSAGE)
            made.deliver(MESSAGE)
        assert flags(failure(replace(settings, username="", password=""))) == {"relay_down"}
    assert len(inbox.envelopes) == 2


def test_a_wrong_password_is_a_relay_down_and_is_not_shown() -> None:
    with relay(EHLO="250-relay\r\n250 AUTH PLAIN", AUTH="535 no") as made:
        error = failure(replace(made.settings, username="desk", password="s3cret"))
    assert flags(error) == {"relay_down"}
    assert "correct them" in str(error)
    assert "s3cret" not in str(error)


def test_mail_goes_by_tls_from_the_first_byte(certificate: tuple[Path, Path]) -> None:
    inbox = Inbox()
    with server(inbox, ssl_context=server_context(certificate)) as plain:
        settings = replace(plain, security=Security.TLS, ca_file=certificate[0])
        with mailer(settings) as made:
            made.deliver(MESSAGE)
            made.deliver(MESSAGE)
        assert flags(failure(replace(settings, ca_file=None))) == {"relay_down"}
    assert len(inbox.envelopes) == 2


def test_an_unknown_certificate_is_refused(certificate: tuple[Path, Path]) -> None:
    inbox = Inbox()
    with server(inbox, tls_context=server_context(certificate)) as plain:
        error = failure(replace(plain, security=Security.STARTTLS))
    assert flags(error) == {"relay_down"}
    assert "ca_file" in str(error)
    assert inbox.envelopes == []


def test_mail_does_not_go_unprotected_where_starttls_was_taken_out() -> None:
    inbox = Inbox()
    with server(inbox) as plain:
        error = failure(replace(plain, security=Security.STARTTLS, username="desk", password="p@ss"))
    assert flags(error) == {"relay_down"}
    assert "no STARTTLS" in str(error)
    assert inbox.envelopes == []


def test_a_relay_that_refuses_starttls_gets_no_mail() -> None:
    with relay(EHLO="250-relay\r\n250 STARTTLS", STARTTLS="454 not now") as made:
        error = failure(replace(made.settings, security=Security.STARTTLS))
    assert flags(error) == {"relay_down"}
    assert "MAIL" not in made.heard


def test_a_relay_that_hangs_in_the_tls_greeting_is_left() -> None:
    with relay(banner="hang") as made:
        assert flags(failure(replace(made.settings, security=Security.TLS))) == {"relay_down"}
