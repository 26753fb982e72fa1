"""Mail into a folder, one file for each message: for laptops, tests, and mail programs that read `.eml`."""

import contextlib
import hashlib
import os
import re
import secrets
from pathlib import Path

from newsdesk.errors import DeliveryError
from newsdesk.messages import Message


class SpoolMailer:
    """Writes each message to `folder`. The file is named by the Message-ID, so a second hand-over changes nothing.

    A file appears whole or not at all, and is on the disk when `deliver` returns. A process that is killed may leave
    a file that begins with a dot; nothing reads it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def deliver(self, message: Message) -> None:
        """Write the message, unless its file is there. Raises DeliveryError where the folder cannot take it."""
        target = self._folder / file_name(message.message_id)
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                _write_whole(target, message.data)
        except OSError as error:
            raise DeliveryError(
                f"{target} cannot be written ({error.strerror}); make room or name another folder in the mail URL",
                relay_down=True,
            ) from error

    def close(self) -> None:
        """Nothing is ever left open."""


def file_name(message_id: str) -> str:
    """The name of a message's file: its id where that is safe as a name, else a hash of it."""
    name = message_id.strip("<>")
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9@._-]{0,199}", name):
        return f"{name}.eml"
    return f"{hashlib.sha256(message_id.encode()).hexdigest()}.eml"


def _write_whole(target: Path, content: bytes) -> None:
    draft = target.with_name(f".{target.name}.{secrets.token_hex(8)}.tmp")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
