"""From a notification to the bytes of a mail. Pure: the same input gives the same bytes."""

from newsdesk.messages.compose import Message, Sender, parse_sender, render

__all__ = ["Message", "Sender", "parse_sender", "render"]
