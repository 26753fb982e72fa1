"""What every way to hand mail over can do."""

from typing import Protocol

from newsdesk.messages import Message


class Mailer(Protocol):
    """Hands messages over, one after the other; for one thread at a time."""

    def deliver(self, message: Message) -> None:
        """Return when the other side has taken the message; raise DeliveryError, which says what a retry may do."""

    def close(self) -> None:
        """End what is open. The mailer may be used again; it then opens anew."""
