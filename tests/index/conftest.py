"""Every implementation of the search index, for the contract that all of them keep."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from newsdesk.index import SearchIndex, open_index

Opener = Callable[[], SearchIndex]


def _embedded(folder: Path) -> Opener:
    return lambda: open_index(folder / "index.db")


_IMPLEMENTATIONS = {"embedded": _embedded}


@pytest.fixture(params=sorted(_IMPLEMENTATIONS))
def open_same(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Opener]:
    """Opens the test's index; each call gives one more handle on the same index. Closed at the end."""
    opener = _IMPLEMENTATIONS[request.param](tmp_path)
    with ExitStack() as stack:
        yield lambda: stack.enter_context(closing(opener()))


@pytest.fixture
def index(open_same: Opener) -> SearchIndex:
    """An empty index."""
    return open_same()
