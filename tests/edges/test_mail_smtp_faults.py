"""The SMTP mailer against relays that misbehave: whose fault it was, and whether the message may have gone out."""

from dataclasses import replace

import pytest

from newsdesk.errors import DeliveryError
from newsdesk.mail import SmtpSettings
from tests.edges.relays import MESSAGE, QUICK, failure, flags, free_port, mailer, relay


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
