"""Where mail goes, written as one URL."""

import dataclasses
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from newsdesk.errors import SettingsError
from newsdesk.mail.protocol import Mailer
from newsdesk.mail.spool import SpoolMailer

_ADVICE = "write spool:FOLDER, smtp://USER:PASSWORD@HOST:587?security=starttls or smtps://USER:PASSWORD@HOST"


class Security(StrEnum):
    """How the connection to the relay is protected."""

    NONE = "none"  # not at all: for a relay on this machine or in a trusted network
    STARTTLS = "starttls"  # begins plain and must change to TLS before anything is said (RFC 3207)
    TLS = "tls"  # TLS from the first byte (RFC 8314)


_PORTS = {Security.NONE: 25, Security.STARTTLS: 587, Security.TLS: 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """How to reach a relay."""

    host: str
    port: int = 25
    security: Security = Security.NONE
    username: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 30.0  # seconds that one step may wait for the relay
    attempt_timeout: float = 60.0  # seconds that the whole hand-over of one message may take
    ca_file: Path | None = None  # certificates to trust instead of the system's
    domain: str = (
        "[127.0.0.1]"  # how we name ourselves in EHLO: a host name, or an address in brackets (RFC 5321 §4.1.3)
    )
    mails_per_session: int = 100  # many relays refuse to take more over one connection


def open_mailer(url: str) -> Mailer:
    """The mailer that `url` names. Connects to nothing yet. Raises SettingsError."""
    target = parse_mail_url(url)
    if isinstance(target, Path):
        return SpoolMailer(target)
    from newsdesk.mail.smtp import SmtpMailer

    return SmtpMailer(target)


def parse_mail_url(url: str) -> SmtpSettings | Path:
    """The relay's settings, or the spool's folder. Raises SettingsError; its text never holds the password.

    `smtp://` means STARTTLS unless `?security=` says otherwise; `smtps://` means TLS from the first byte. Further
    parameters: `ca_file`, `domain`, `timeout` (seconds). User and password are percent-encoded.
    """
    scheme, _, rest = url.partition(":")
    match scheme.lower():
        case "spool":
            if not rest.strip("/ "):
                raise SettingsError(f"the mail URL {url!r} names no folder; {_ADVICE}")
            return Path(rest.removeprefix("//"))
        case "smtp" | "smtps":
            return _smtp_settings(url)
        case _:
            raise SettingsError(f"the mail URL begins with {scheme!r}; {_ADVICE}")


def _smtp_settings(url: str) -> SmtpSettings:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise SettingsError(f"the mail URL has a wrong host or port ({error}); {_ADVICE}") from error
    shown = f"{parts.scheme}://{host}"
    if not host or parts.path.strip("/") or parts.fragment:
        raise SettingsError(f"the mail URL {shown} must be only a host, a port and parameters; {_ADVICE}")
    security = Security.TLS if parts.scheme == "smtps" else Security.STARTTLS
    settings = SmtpSettings(
        host=host,
        security=security,
        username=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )
    for name, value in _parameters(parts, shown):
        settings = _with_parameter(settings, shown, name, value)
    if parts.scheme == "smtps" and settings.security is not Security.TLS:
        raise SettingsError(f"the mail URL {shown} asks for TLS and for security={settings.security}; keep one of them")
    _check_password(settings, shown)
    return dataclasses.replace(settings, port=port or _PORTS[settings.security])


def _parameters(parts: SplitResult, shown: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError as error:
        raise SettingsError(f"the parameters of the mail URL {shown} cannot be read; write ?name=value&…") from error


def _with_parameter(settings: SmtpSettings, shown: str, name: str, value: str) -> SmtpSettings:
    try:
        match name:
            case "security":
                return dataclasses.replace(settings, security=Security(value))
            case "ca_file" if value:
                return dataclasses.replace(settings, ca_file=Path(value))
            case "domain" if value and value.isascii() and value.isprintable() and " " not in value:
                return dataclasses.replace(settings, domain=value)
            case "timeout" if 0 < float(value) <= settings.attempt_timeout:
                return dataclasses.replace(settings, timeout=float(value))
    except ValueError:
        pass  # falls through to the one message
    raise SettingsError(
        f"the mail URL {shown} has the parameter {name}={value}; allowed are security=none, starttls or tls,"
        " ca_file=FILE, domain=HOST and timeout=SECONDS up to 60"
    )


def _check_password(settings: SmtpSettings, shown: str) -> None:
    if settings.username and settings.security is Security.NONE and not _is_here(settings.host):
        raise SettingsError(f"the mail URL {shown} would send the password unprotected; use starttls or tls")
    if bool(settings.username) != bool(settings.password):
        raise SettingsError(f"the mail URL {shown} has a user name or a password alone; give both or none")


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
