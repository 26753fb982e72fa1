"""The SMTP mailer against a real SMTP server, and against relays that misbehave."""

import contextlib
import datetime as dt
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from newsdesk.errors import DeliveryError
from newsdesk.mail import Security, SmtpMailer, SmtpSettings
from newsdesk.messages import Message

QUICK = 0.3  # seconds: nothing on loopback waits longer unless it hangs

MESSAGE = Message(
    message_id="<abc@paper.example>",
    subject="Hello",
    sender="newsdesk@paper.example",
    recipient="desk@paper.example",
    data=b"Subject: Hello\r\n\r\n.a line with a dot\r\n..two\r\nend\r\n",
)


# ------------------------------------------------------------------ a real server


class Inbox:
    """What aiosmtpd calls: keeps the messages, and answers as told."""

    def __init__(self, *, rcpt: str = "250 OK", content: str = "250 OK") -> None:
        self.rcpt = rcpt
        self.content = content
        self.envelopes: list[tuple[str, list[str], bytes]] = []
        self.sessions: set[tuple[str, int]] = set()

    async def handle_RCPT(  # noqa: N802 - the server's interface
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - the server's interface
        if self.content.startswith("250"):
            self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content))
            self.sessions.add(session.peer)
        return self.content


@contextlib.contextmanager
def server(inbox: Inbox, **options: Any) -> Iterator[SmtpSettings]:
    controller = Controller(inbox, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    try:
        yield SmtpSettings(host="127.0.0.1", port=controller.port, timeout=5)
    finally:
        controller.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def mailer(settings: SmtpSettings) -> Iterator[SmtpMailer]:
    made = SmtpMailer(settings)
    try:
        yield made
    finally:
        made.close()


def failure(settings: SmtpSettings) -> DeliveryError:
    with mailer(settings) as made, pytest.raises(DeliveryError) as caught:
        made.deliver(MESSAGE)
    return caught.value


def flags(error: DeliveryError) -> set[str]:
    return {name for name in ("permanent", "ambiguous", "relay_down") if getattr(error, name)}


def test_a_message_arrives_byte_for_byte_with_its_envelope() -> None:
    inbox = Inbox()
    with server(inbox) as settings, mailer(settings) as made:
        made.deliver(MESSAGE)
    assert inbox.envelopes == [(MESSAGE.sender, [MESSAGE.recipient], MESSAGE.data)]


def test_many_messages_go_over_one_session() -> None:
    inbox = Inbox()
    with server(inbox) as settings, mailer(settings) as made:
        for _ in range(30):
            made.deliver(MESSAGE)
    assert len(inbox.envelopes) == 30
    assert len(inbox.sessions) == 1


def test_a_session_is_renewed_after_its_share_of_messages() -> None:
    inbox = Inbox()
    with server(inbox) as settings, mailer(replace(settings, mails_per_session=10)) as made:
        for _ in range(25):
            made.deliver(MESSAGE)
    assert len(inbox.envelopes) == 25
    assert len(inbox.sessions) == 3


def test_a_closed_mailer_opens_again() -> None:
    inbox = Inbox()
    with server(inbox) as settings, mailer(settings) as made:
        made.deliver(MESSAGE)
        made.close()
        made.deliver(MESSAGE)
    assert len(inbox.sessions) == 2


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("450 4.2.1 mailbox busy", set()),
        ("452 4.2.2 over quota", set()),
        ("550 5.1.1 no such user", {"permanent"}),
        ("552 5.2.2 mailbox full", {"permanent"}),
        ("421 4.3.2 going down", {"relay_down"}),
        ("530 5.7.0 authentication required", {"relay_down"}),
    ],
)
def test_the_answer_about_a_recipient_is_told_apart(reply: str, expected: set[str]) -> None:
    with server(Inbox(rcpt=reply)) as settings:
        error = failure(settings)
    assert flags(error) == expected
    assert reply[:3] in str(error)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ("451 4.3.0 try later", set()),
        ("552 5.3.4 too big", {"permanent"}),
        ("554 5.6.0 content refused", {"permanent"}),
        ("421 4.3.2 going down", {"relay_down"}),
    ],
)
def test_the_answer_about_the_content_is_told_apart(reply: str, expected: set[str]) -> None:
    with server(Inbox(content=reply)) as settings:
        assert flags(failure(settings)) == expected


def test_a_message_beyond_the_relays_size_limit_is_refused_before_it_is_sent() -> None:
    with server(Inbox(), data_size_limit=40) as settings:
        assert flags(failure(settings)) == {"permanent"}


def test_a_refused_message_does_not_harm_the_next_in_the_session() -> None:
    inbox = Inbox(rcpt="550 no such user")
    with server(inbox) as settings, mailer(settings) as made:
        with pytest.raises(DeliveryError):
            made.deliver(MESSAGE)
        inbox.rcpt = "250 OK"
        made.deliver(MESSAGE)
    assert len(inbox.envelopes) == 1


# ------------------------------------------------------------------ TLS and login


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    cert_file, key_file = folder / "cert.pem", folder / "key.pem"
    cert_file.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return cert_file, key_file


def server_context(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


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


# ------------------------------------------------------------------ relays that misbehave


class Relay(socketserver.ThreadingTCPServer):
    """A relay that does at each stage what `faults` says: a reply, or one of hang, drop and drip."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 20

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__(("127.0.0.1", 0), Talk)
        self.faults = faults
        self.over = threading.Event()
        self.accepted: list[bytes] = []
        self.heard: list[str] = []

    @property
    def settings(self) -> SmtpSettings:
        return SmtpSettings(host="127.0.0.1", port=self.server_address[1], timeout=QUICK, attempt_timeout=5)


class Gone(Exception):  # noqa: N818 - an end, not an error
    """The connection is to end."""


class Talk(socketserver.StreamRequestHandler):
    """One connection."""

    server: Relay

    def handle(self) -> None:
        with contextlib.suppress(Gone, OSError):
            self.act("banner", "220 relay ready")
            while line := self.rfile.readline():
                verb = line.decode().split()[0].upper()
                self.server.heard.append(verb)
                if verb == "DATA":
                    self.take()
                else:
                    self.act("EHLO" if verb == "HELO" else verb, "250 OK")

    def take(self) -> None:
        self.act("DATA", "354 go ahead")
        if self.server.faults.get("content") == "reset":
            self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            raise Gone
        self.act("content", "")
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                raise Gone
            lines.append(line)
        self.server.accepted.append(b"".join(lines))
        self.act("dot", "250 taken")
        self.act("idle", "")

    def act(self, stage: str, usual: str) -> None:
        match self.server.faults.get(stage, usual):
            case "hang":
                self.server.over.wait()
                raise Gone
            case "drop":
                raise Gone
            case "drip" | "drip lines" as fault:
                while not self.server.over.wait(QUICK / 4):
                    self.wfile.write(b"2" if fault == "drip" else b"250-more\r\n")
                raise Gone
            case "":
                pass
            case reply:
                self.wfile.write(reply.encode() + b"\r\n")


@contextlib.contextmanager
def relay(**faults: str) -> Iterator[Relay]:
    made = Relay(faults)
    thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield made
    finally:
        made.over.set()
        made.shutdown()
        thread.join()
        made.server_close()


@pytest.mark.parametrize("stage", ["banner", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("fault", ["hang", "drop", "421 closing", "nonsense", "9" * 9000])
def test_a_relay_that_fails_before_the_content_is_down(stage: str, fault: str) -> None:
    with relay(**{stage: fault}) as made:
        assert flags(failure(made.settings)) == {"relay_down"}
        assert made.accepted == []


def test_a_refused_connection_is_a_relay_down() -> None:
    error = failure(SmtpSettings(host="127.0.0.1", port=free_port(), timeout=QUICK))
    assert flags(error) == {"relay_down"}
    assert "refused" in str(error)


def test_an_unknown_host_is_a_relay_down() -> None:
    assert flags(failure(SmtpSettings(host="relay.invalid", timeout=QUICK))) == {"relay_down"}


@pytest.mark.parametrize("fault", ["drop", "hang", "nonsense", "drip", "drip lines"])
def test_no_answer_after_the_final_dot_is_ambiguous(fault: str) -> None:
    with relay(dot=fault) as made:
        error = failure(replace(made.settings, attempt_timeout=4 * QUICK))
        assert flags(error) == {"ambiguous"}
        assert "it may have it" in str(error)
        assert len(made.accepted) == 1


@pytest.mark.parametrize("fault", ["hang", "reset"])
def test_a_connection_lost_within_the_content_is_neither_ambiguous_nor_the_relays_fault(fault: str) -> None:
    large = replace(MESSAGE, data=b"Subject: x\r\n\r\n" + (b"x" * 78 + b"\r\n") * 250_000)
    with relay(content=fault) as made, mailer(made.settings) as sending:
        with pytest.raises(DeliveryError) as caught:
            sending.deliver(large)
        assert flags(caught.value) == set()
        assert made.accepted == []


@pytest.mark.parametrize("stage", ["banner", "RCPT"])
def test_a_relay_that_drips_is_left_when_the_time_is_up(stage: str) -> None:
    with relay(**{stage: "drip lines"}) as made:
        error = failure(replace(made.settings, attempt_timeout=3 * QUICK))
    assert flags(error) == {"relay_down"}
    assert "no end after 0.9 s" in str(error)


def test_a_session_that_went_stale_is_replaced_without_loss() -> None:
    with relay(idle="drop") as made, mailer(made.settings) as sending:
        for _ in range(3):
            sending.deliver(MESSAGE)
        assert len(made.accepted) == 3


def test_a_mailer_recovers_when_the_relay_does() -> None:
    faults = {"RCPT": "hang"}
    with relay() as made, mailer(made.settings) as sending:
        made.faults = faults
        with pytest.raises(DeliveryError):
            sending.deliver(MESSAGE)
        made.faults = {}
        sending.deliver(MESSAGE)
        assert len(made.accepted) == 1


def test_a_sender_that_the_relay_refuses_is_our_setting_and_no_fault_of_the_message() -> None:
    with relay(MAIL="550 not from here") as made:
        error = failure(made.settings)
    assert flags(error) == {"relay_down"}
    assert "refuses the sender newsdesk@paper.example" in str(error)


def test_a_relay_that_refuses_starttls_gets_no_mail() -> None:
    with relay(EHLO="250-relay\r\n250 STARTTLS", STARTTLS="454 not now") as made:
        error = failure(replace(made.settings, security=Security.STARTTLS))
    assert flags(error) == {"relay_down"}
    assert "MAIL" not in made.heard


def test_a_relay_that_hangs_in_the_tls_greeting_is_left() -> None:
    with relay(banner="hang") as made:
        assert flags(failure(replace(made.settings, security=Security.TLS))) == {"relay_down"}


def test_what_a_relay_says_is_shown_without_control_characters_and_shortened() -> None:
    with relay(RCPT="550 \x1b[31mno\x07 " + "x" * 500) as made:
        text = str(failure(made.settings))
    assert text.isprintable()
    assert len(text) < 400


def test_a_goodbye_is_not_waited_for_without_end() -> None:
    with relay(QUIT="drop") as made, mailer(made.settings) as sending:
        sending.deliver(MESSAGE)
        sending.close()
        assert "QUIT" in made.heard
