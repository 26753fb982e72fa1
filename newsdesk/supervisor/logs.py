"""Logs of a stack that runs for months: bounded, and old ones gone."""

import os
import shutil
from contextlib import suppress
from datetime import datetime
from pathlib import Path


def trim_log(log: Path, *, size: int) -> None:
    """Move a log that is larger than `size` bytes to its name with `.1`, while its writer goes on with the same file.

    Writers append, so they begin anew; lines of the moment between copy and cut may be lost.
    """
    if log.is_file() and log.stat().st_size > size:
        shutil.copyfile(log, log.with_name(log.name + ".1"))
        os.truncate(log, 0)


def prune_logs(folder: Path, *, before: datetime) -> int:
    """Delete the files below `folder` that nobody wrote since `before`, and emptied folders; returns how many files."""
    pruned = 0
    for place, _, names in os.walk(folder, topdown=False):
        for name in names:
            file = Path(place, name)
            with suppress(FileNotFoundError):
                if file.lstat().st_mtime < before.timestamp():
                    file.unlink()
                    pruned += 1
        with suppress(OSError):  # not empty
            Path(place).rmdir()
    return pruned
