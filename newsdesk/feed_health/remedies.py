"""What a person can do about a feed that fails, by the reason of its failure."""

from collections.abc import Mapping

from newsdesk.model import Reason

_NEW_ADDRESS = "look for its new address with `newsdesk feeds discover`, and put that into the watchlist"
_IDENTITY = (
    "say who you are (NEWSDESK_USER_AGENT), ask the publisher, or give the feed `user_agent:` or `headers:` of its own"
)
_WAIT = "nothing, if it passes; if it lasts, open its address in a browser"
_OURS = "a fault of this installation: `newsdesk doctor` and the log say more"

_REMEDIES: Mapping[Reason, str] = {
    Reason.GONE: _NEW_ADDRESS,
    Reason.NOT_FOUND: _NEW_ADDRESS,
    Reason.NOT_A_FEED: f"open its address in a browser; {_NEW_ADDRESS}",
    Reason.FORBIDDEN: _IDENTITY,
    Reason.CLIENT_ERROR: _IDENTITY,
    Reason.ROBOTS_DISALLOWED: "its site does not want it polled: take `robots: true` from the feed only if you may",
    Reason.ADDRESS_REFUSED: "a host of your own? then name its network in NEWSDESK_ALLOW_NETWORKS",
    Reason.URL_REFUSED: "correct its address in the watchlist",
    Reason.RATE_LIMITED: "ask seldomer: `every:` of the feed, `domains:` of its site; or ask the publisher",
    Reason.TOO_LARGE: "look for a shorter feed of the source with `newsdesk feeds discover`",
    Reason.TOO_MANY_REDIRECTS: _NEW_ADDRESS,
    Reason.DNS_FAILED: f"the domain may have been given up: {_NEW_ADDRESS}",
    Reason.TLS_FAILED: "its certificate may have run out: tell the publisher",
    Reason.WORKER_FAILED: _OURS,
    Reason.STORAGE_FAILED: _OURS,
    Reason.UNEXPECTED: _OURS,
}


def remedy_of(reason: Reason) -> str:
    """One sentence."""
    return _REMEDIES.get(reason, _WAIT)
