"""What of a URL may be told."""

import re


def redacted(text: str) -> str:
    """The URL without credentials, for messages, records and tables; any other text as it is."""
    scheme, slashes, rest = text.partition("//")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    return scheme + slashes + rest.removeprefix(authority[: authority.rfind("@") + 1])
