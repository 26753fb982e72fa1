"""The sender of our mails, as the settings name it."""

import pytest

from newsdesk.errors import NewsdeskError
from newsdesk.messages import Sender, parse_sender


def test_a_sender_is_read_with_or_without_a_name() -> None:
    assert parse_sender("Newsdesk <news@paper.example>") == Sender(
        address="news@paper.example", name="Newsdesk", domain="paper.example"
    )
    assert parse_sender(' "The Desk" <news@Paper.example>').name == "The Desk"
    assert parse_sender("news@paper.example").name == "Newsdesk"


@pytest.mark.parametrize(
    "text", ["", "news", "news@", "Newsdesk <>", "a b@paper.example", "x@y\r\nBcc: z@y", "é@paper.example"]
)
def test_a_wrong_sender_is_named(text: str) -> None:
    with pytest.raises(NewsdeskError, match=r"write Name <address@example\.org>"):
        parse_sender(text)
