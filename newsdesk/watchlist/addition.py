"""New feeds written into the file of the watchlist: all of them and a file that is right, or nothing."""

import dataclasses
import os
import shutil
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from newsdesk.errors import WatchlistError
from newsdesk.model import FeedSpec, Watchlist
from newsdesk.watchlist.findings import Severity
from newsdesk.watchlist.load import load_watchlist
from newsdesk.watchlist.review import review_watchlist
from newsdesk.watchlist.writing import with_feeds

_BOM = "\ufeff"


def add_feeds(path: Path, feeds: Sequence[FeedSpec], *, now: datetime) -> None:
    """Add `feeds` behind those that stand in the file at `path`, which is made where there is none.

    The new text is reviewed before it takes the place of the old, in one step. Raises WatchlistError, and then the file
    is as it was.
    """
    path = path.resolve()  # what a link points to is changed, not the link
    exists = path.exists()
    before = load_watchlist(path).feeds if exists else ()
    content = path.read_bytes() if exists else b"version: 1\n"
    text = _written(content, feeds, path)
    draft = _draft(path, text)
    try:
        _check(draft, path, expected=(*before, *feeds), now=now)
        if exists:
            shutil.copymode(path, draft)
            if path.read_bytes() != content:
                raise WatchlistError((f"{path}: somebody else changed it meanwhile; nothing was written: try again",))
        draft.replace(path)
    except OSError as error:
        raise _unwritable(path, error) from error
    finally:
        draft.unlink(missing_ok=True)


def _written(content: bytes, feeds: Sequence[FeedSpec], path: Path) -> bytes:
    """The file with the feeds in it, its mark and its line ends kept."""
    text = content.decode()
    mark = _BOM if text.startswith(_BOM) else ""
    plain = text.removeprefix(_BOM)
    line_end = "\r\n" if 0 < plain.count("\n") == plain.count("\r\n") else "\n"
    try:
        return (mark + with_feeds(plain.replace(line_end, "\n"), feeds).replace("\n", line_end)).encode()
    except WatchlistError as error:
        raise WatchlistError(tuple(f"{path}: {problem}" for problem in error.problems)) from error


def _draft(path: Path, content: bytes) -> Path:
    """The new text in a file beside the old one, on disk."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise _unwritable(path, error) from error
    draft = Path(file.name)
    draft.chmod(0o644)
    return draft


def _check(draft: Path, path: Path, *, expected: tuple[FeedSpec, ...], now: datetime) -> None:
    """Refuse a text that is not the old watchlist with the expected feeds, without any fault."""
    review = review_watchlist(draft, now=now)
    errors = [found for found in review.findings if found.severity is Severity.ERROR]
    if errors:
        told = (f"{path}: {one.where}: {one.message}; {one.remedy}" for one in errors)
        raise WatchlistError(tuple(told))
    if review.watchlist is None or review.watchlist.feeds != expected:
        raise WatchlistError(
            (f"{path}: its feeds are written in a way that nothing can be added to; paste the block yourself",)
        )
    if path.exists() and _rest(review.watchlist) != _rest(load_watchlist(path)):
        raise WatchlistError((f"{path}: other sections would change; paste the block yourself",))


def _rest(watchlist: Watchlist) -> Watchlist:
    return dataclasses.replace(watchlist, path="", feeds=())


def _unwritable(path: Path, error: OSError) -> WatchlistError:
    return WatchlistError((f"{path}: it cannot be written ({error.strerror}); nothing was changed",))
