"""What went wrong, as one `FetchError` with a reason: from a status, from an exception."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError

from newsdesk.errors import FetchError
from newsdesk.fetch.decoding import BodyError
from newsdesk.model import Reason

_FORBIDDEN = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS)
_PASSING = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.MISDIRECTED_REQUEST)
_PERMANENT = frozenset({Reason.ADDRESS_REFUSED, Reason.URL_REFUSED, Reason.TOO_LARGE, Reason.BAD_ENCODING})
_LONGEST_WAIT = timedelta(days=366)  # larger figures are nonsense, and beyond what a datetime may hold
_MAX_DIGITS = 9
_NO_PUBLIC_ADDRESS = "the host has no public address; NEWSDESK_ALLOW_NETWORKS opens networks of your own"
_SERVER_ERRORS = 500


class AddressRefusedError(OSError):
    """The gate of the dialler. The text is the same for every address, which makes aiohttp hand on the type."""

    def __init__(self) -> None:
        super().__init__("not a public address")


class TransferBrokenError(Exception):
    """The connection ended before the answer did."""


def status_failure(url: str, status: int, headers: Mapping[str, str], now: datetime) -> FetchError:
    """The error for an answer that is neither a document nor 304."""
    retry_at = _retry_at(headers, now)
    reason, permanent = _judge(status, told_to_wait="retry-after" in headers)
    wait = f", to be asked again at {retry_at:%Y-%m-%d %H:%M:%S}Z" if retry_at else ""
    return FetchError(
        f"{url}: the server answered {status}{wait}",
        reason=reason,
        permanent=permanent,
        status=status,
        retry_at=retry_at if reason is Reason.RATE_LIMITED else None,
    )


def exception_failure(url: str, error: Exception) -> FetchError:
    """The error for an exception of the transfer."""
    reason, text = _describe(error)
    return FetchError(f"{url}: {text}", reason=reason, permanent=reason in _PERMANENT)


def _judge(status: int, *, told_to_wait: bool) -> tuple[Reason, bool]:
    if status == HTTPStatus.TOO_MANY_REQUESTS or (status == HTTPStatus.SERVICE_UNAVAILABLE and told_to_wait):
        return Reason.RATE_LIMITED, False
    if status == HTTPStatus.NOT_FOUND:
        return Reason.NOT_FOUND, True
    if status == HTTPStatus.GONE:
        return Reason.GONE, True
    if status in _FORBIDDEN:
        return Reason.FORBIDDEN, True
    if status >= _SERVER_ERRORS:
        return Reason.SERVER_ERROR, False
    if status >= HTTPStatus.BAD_REQUEST:
        return Reason.CLIENT_ERROR, status not in _PASSING
    return Reason.BROKEN_TRANSFER, False  # a redirect to nowhere, a 304 that nobody asked for


def _retry_at(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Retry-After (RFC 9110 section 10.2.3). A date is read against the server's own clock, which `Date` tells."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        wait = timedelta(seconds=int(text[:_MAX_DIGITS]))
    else:
        at = _http_date(text)
        if at is None:
            return None
        wait = at - (_http_date(headers.get("date", "")) or now)
    return now + min(max(wait, timedelta()), _LONGEST_WAIT)


def _http_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


def _describe(error: Exception) -> tuple[Reason, str]:
    match error:
        case TimeoutError():
            return Reason.TIMEOUT, "no complete answer before the deadline"
        case BodyError():
            return error.reason, str(error)
        case AddressRefusedError():
            return Reason.ADDRESS_REFUSED, _NO_PUBLIC_ADDRESS
        case aiohttp.ClientConnectorError():
            return _describe_connect(error)
        case aiohttp.ServerFingerprintMismatch():
            return Reason.TLS_FAILED, "the certificate is another one than expected"
        case aiohttp.ClientResponseError() | HttpProcessingError():
            return _describe_answer(error)
        case TransferBrokenError() | aiohttp.ClientPayloadError():
            return Reason.BROKEN_TRANSFER, "the connection ended before the answer did, or its body is damaged"
        case aiohttp.InvalidURL() | aiohttp.NonHttpUrlClientError():
            return Reason.URL_REFUSED, "the URL is not fetched"
        case _:
            return Reason.BROKEN_TRANSFER, f"the transfer broke off ({type(error).__name__})"


def _describe_answer(error: aiohttp.ClientResponseError | HttpProcessingError) -> tuple[Reason, str]:
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return Reason.CONNECT_FAILED, f"the proxy answered {error.status}"
    if error.message.startswith(("Got more than", "Too many headers")):  # what aiohttp leaves of its LineTooLong
        return Reason.TOO_LARGE, "the headers of the answer are too large"
    return Reason.BROKEN_TRANSFER, "the answer breaks the rules of HTTP"


def _describe_connect(error: aiohttp.ClientConnectorError) -> tuple[Reason, str]:
    match error:
        case aiohttp.ClientConnectorError() if isinstance(error.os_error, AddressRefusedError):
            return Reason.ADDRESS_REFUSED, _NO_PUBLIC_ADDRESS
        case aiohttp.ClientConnectorDNSError():
            return Reason.DNS_FAILED, f"the host's name does not resolve ({error.os_error})"
        case aiohttp.ClientSSLError():
            return Reason.TLS_FAILED, f"TLS failed ({error.os_error})"
        case aiohttp.ClientProxyConnectionError():
            return Reason.CONNECT_FAILED, "the proxy cannot be reached"
        case _:
            return Reason.CONNECT_FAILED, f"no connection ({error.os_error.strerror or error.os_error})"
