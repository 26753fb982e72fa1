"""Handing mail to an SMTP relay, and what each of its answers means for a retry.

| what happens                                          | DeliveryError says            |
|-------------------------------------------------------|-------------------------------|
| no connection, greeting, TLS or login; 421; no answer | relay_down                    |
| the relay wants a login, or refuses our sender        | relay_down: a setting of ours |
| 4xx                                                   | nothing: try again later      |
| 5xx for the recipient or the content                  | permanent                     |
| connection lost while the content is sent             | nothing: it may be its fault  |
| connection lost after the final dot                   | ambiguous                     |
"""

import contextlib
import smtplib

from newsdesk.errors import DeliveryError
from newsdesk.mail.session import Watch, open_session, relay_down, show_reply
from newsdesk.mail.target import SmtpSettings
from newsdesk.messages import Message

_QUIT_TIMEOUT = 5.0  # seconds that a goodbye is worth

_GO_AHEAD = 354
_CLOSING = 421
_TOO_LARGE = 552
_LOGIN_WANTED = frozenset((530, 534, 535, 538))  # RFC 4954 §6


class SmtpMailer:
    """Hands messages to one relay, many over one session; the session opens with the first and is renewed as needed.

    Each message has one recipient, so that each answer is about one reader. No TLS, no mail, where TLS is asked for.
    """

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._session: smtplib.SMTP | None = None
        self._handed_over = 0

    def deliver(self, message: Message) -> None:
        """Return when the relay has taken the message; raise DeliveryError as the table above says."""
        with Watch(self._settings.attempt_timeout) as watch:
            session = self._ready(watch)
            try:
                self._envelope(session, message)
                self._content(session, message, watch)
            except DeliveryError as error:
                if error.relay_down or error.ambiguous:
                    self._drop()
                raise
            except OSError as error:  # all errors of smtplib are among them
                self._drop()
                raise relay_down(self._settings, f"went away: {watch.describe(error)}") from error
            self._handed_over += 1

    def close(self) -> None:
        """Say goodbye, if a session is open."""
        session, self._session = self._session, None
        if session is not None and session.sock is not None:
            session.sock.settimeout(_QUIT_TIMEOUT)
            with Watch(_QUIT_TIMEOUT) as watch, contextlib.suppress(OSError):
                watch.guard(session.sock)
                session.docmd("QUIT")
            session.close()

    def _ready(self, watch: Watch) -> smtplib.SMTP:
        """The open session, if it still answers, else a new one. RSET also clears what the last message left behind."""
        if self._handed_over >= self._settings.mails_per_session:
            self.close()
        session = self._session
        if session is not None and session.sock is not None:
            watch.guard(session.sock)
            with contextlib.suppress(OSError):
                if session.rset()[0] == 250:  # noqa: PLR2004 - RFC 5321 §4.3.2: done
                    return session
        self._drop()
        self._session = open_session(self._settings, watch)
        return self._session

    def _drop(self) -> None:
        session, self._session = self._session, None
        self._handed_over = 0
        if session is not None:
            session.close()

    def _envelope(self, session: smtplib.SMTP, message: Message) -> None:
        size = (f"SIZE={len(message.data)}",) if session.has_extn("size") else ()
        code, text = session.mail(message.sender, size)
        if code >= 500 and code != _TOO_LARGE:  # noqa: PLR2004 - RFC 5321 §4.2.1: 5xx is for ever
            raise relay_down(self._settings, f"refuses the sender {message.sender}: {code} {show_reply(text)}")
        self._expect_done(code, text, "the sender")
        code, text = session.rcpt(message.recipient)
        self._expect_done(code, text, f"the recipient {message.recipient}")
        code, text = session.docmd("DATA")
        if code != _GO_AHEAD:
            self._expect_done(code, text, "the content")
            raise relay_down(self._settings, f"answers DATA with {code} {show_reply(text)}")

    def _content(self, session: smtplib.SMTP, message: Message, watch: Watch) -> None:
        try:
            session.send(_dotted(message.data))
        except OSError as error:
            self._drop()
            raise DeliveryError(
                f"the mail relay {self._settings.host} broke off while it got the content: {watch.describe(error)}"
            ) from error
        try:
            code, text = session.getreply()
        except OSError as error:
            raise self._ambiguous(watch.describe(error)) from error
        if watch.expired or not 200 <= code <= 599:  # noqa: PLR2004 - RFC 5321 §4.2: no reply, or half of one
            raise self._ambiguous(watch.describe(f"it answered {show_reply(text)!r}"))
        self._expect_done(code, text, "the content")

    def _ambiguous(self, problem: str) -> DeliveryError:
        return DeliveryError(
            f"the mail relay {self._settings.host} gave no answer after the whole message ({problem}): it may have it",
            ambiguous=True,
        )

    def _expect_done(self, code: int, text: bytes, about: str) -> None:
        """Raise what a reply other than 2xx means."""
        if 200 <= code <= 299:  # noqa: PLR2004 - RFC 5321 §4.2.1: done
            return
        if code in _LOGIN_WANTED or code == _CLOSING or not 400 <= code <= 599:  # noqa: PLR2004 - the same section
            raise relay_down(self._settings, f"answers {code} {show_reply(text)}")
        raise DeliveryError(
            f"the mail relay {self._settings.host} refuses {about}: {code} {show_reply(text)}",
            permanent=code >= 500,  # noqa: PLR2004 - the same section
        )


def _dotted(content: bytes) -> bytes:
    """The content as it goes over the wire: leading dots doubled, a lone dot at the end (RFC 5321 §4.5.2)."""
    whole = content if content.endswith(b"\r\n") else content + b"\r\n"
    doubled = whole.replace(b"\r\n.", b"\r\n..")
    return (b"." if doubled.startswith(b".") else b"") + doubled + b".\r\n"
