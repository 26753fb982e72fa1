"""The SMTP mailer against a real SMTP server: messages arrive whole, and each answer of the server is told apart."""

from dataclasses import replace

import pytest

from newsdesk.errors import DeliveryError
from tests.edges.relays import MESSAGE, Inbox, failure, flags, mailer, server


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
