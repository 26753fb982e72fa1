"""Mail relays on the loopback address, one that works and one that fails as it is told; and a mailer to try on them."""

import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from newsdesk.errors import DeliveryError
from newsdesk.mail import SmtpMailer, SmtpSettings
from newsdesk.messages import Message

QUICK = 0.3  # seconds: nothing on loopback waits longer unless it hangs
MESSAGE = Message(
    message_id="<abc@paper.example>",
    subject="Hello",
    sender="newsdesk@paper.example",
    recipient="desk@paper.example",
    data=b"Subject: Hello\r\n\r\n.a line with a dot\r\n..two\r\nend\r\n",
)


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
