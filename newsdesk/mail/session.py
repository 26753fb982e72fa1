"""An SMTP session up to the point where mail may flow: connect, greet, protect, log in. All of it in a limited time."""

import contextlib
import os
import smtplib
import socket
import ssl
import threading
import time
from types import TracebackType
from typing import Self

from newsdesk.errors import DeliveryError
from newsdesk.mail.target import Security, SmtpSettings


class Watch:
    """Ends an attempt that lasts too long by shutting its connection: a relay that drips bytes defeats plain time-outs.

    Name look-up is the one thing that it cannot interrupt; the system's resolver has its own limit.
    """

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds
        self._seconds = seconds
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True
        self._twin: socket.socket | None = None
        self._lock = threading.Lock()
        self.expired = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            if self._twin is not None:
                self._twin.close()
                self._twin = None

    @property
    def left(self) -> float:
        """Seconds that are left, never 0."""
        return max(0.001, self._end - time.monotonic())

    def guard(self, connection: socket.socket) -> None:
        """Watch this connection, whatever is wrapped around it later."""
        with self._lock:
            if self._twin is not None:
                self._twin.close()
            self._twin = socket.socket(fileno=os.dup(connection.fileno()))

    def describe(self, problem: object) -> str:
        """`problem` as a text, or that the time was up, if that was the cause."""
        return f"no end after {self._seconds:g} s" if self.expired else str(problem) or type(problem).__name__

    def _expire(self) -> None:
        with self._lock:
            self.expired = True
            if self._twin is not None:
                with contextlib.suppress(OSError):
                    self._twin.shutdown(socket.SHUT_RDWR)


def open_session(settings: SmtpSettings, watch: Watch) -> smtplib.SMTP:
    """A session that is ready for MAIL. Raises DeliveryError with `relay_down`: no message is to blame."""
    session = smtplib.SMTP(local_hostname=settings.domain, timeout=settings.timeout)
    try:
        session.sock = _dial(settings, watch)
        code, text = session.getreply()
        if code != 220:  # noqa: PLR2004 - RFC 5321 §4.3.2: ready
            raise relay_down(settings, f"greets with {code} {show_reply(text)}")
        session.ehlo_or_helo_if_needed()
        if settings.security is Security.STARTTLS:
            _start_tls(session, settings)
        if settings.username:
            session.login(settings.username, settings.password)
    except BaseException as error:
        session.close()
        if isinstance(error, smtplib.SMTPAuthenticationError):
            raise relay_down(settings, "refuses the user name or password; correct them in the mail URL") from None
        if isinstance(error, ssl.SSLError):
            raise relay_down(settings, f"has no TLS that we trust ({watch.describe(error)}); see ca_file") from error
        if isinstance(error, OSError):  # all errors of smtplib are among them
            raise relay_down(settings, f"cannot be used: {watch.describe(error)}") from error
        raise
    return session


def relay_down(settings: SmtpSettings, problem: str) -> DeliveryError:
    """The error for a fault of the relay, not of the message."""
    return DeliveryError(f"the mail relay {settings.host}:{settings.port} {problem}", relay_down=True)


def show_reply(text: bytes) -> str:
    """The relay's words on one line, shortened: they go into logs and the ledger."""
    return " ".join("".join(c if c.isprintable() else " " for c in text.decode("utf-8", "replace")).split())[:200]


def _dial(settings: SmtpSettings, watch: Watch) -> socket.socket:
    """A connection to the first of the host's addresses that answers, in TLS if that comes first."""
    problem: OSError = OSError("the name has no address")
    for family, kind, protocol, _, address in socket.getaddrinfo(settings.host, settings.port, type=socket.SOCK_STREAM):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(min(settings.timeout, watch.left))
            connection.connect(address)
            connection.settimeout(settings.timeout)
            watch.guard(connection)
            return _protect(connection, settings) if settings.security is Security.TLS else connection
        except OSError as error:
            connection.close()
            problem = error
    raise problem


def _start_tls(session: smtplib.SMTP, settings: SmtpSettings) -> None:
    if not session.has_extn("starttls"):
        raise relay_down(
            settings,
            "offers no STARTTLS, and mail does not go unprotected; add ?security=none if the network is trusted",
        )
    code, text = session.docmd("STARTTLS")
    if code != 220 or session.sock is None:  # noqa: PLR2004 - RFC 3207 §4: go ahead
        raise relay_down(settings, f"refuses STARTTLS: {code} {show_reply(text)}")
    session.sock = _protect(session.sock, settings)
    # what was said in the clear may be forged: forget it, buffered bytes too, and greet again (RFC 3207 §4.2)
    session.file = None
    session.ehlo_resp = session.helo_resp = None
    session.esmtp_features = {}
    session.does_esmtp = False
    session.ehlo_or_helo_if_needed()


def _protect(connection: socket.socket, settings: SmtpSettings) -> ssl.SSLSocket:
    context = ssl.create_default_context(cafile=settings.ca_file)
    return context.wrap_socket(connection, server_hostname=settings.host)
