"""Which index a place names."""

from pathlib import Path

from newsdesk.errors import SearchIndexError
from newsdesk.index.protocol import SearchIndex

_SQLITE = "sqlite:///"


def open_index(place: Path | str) -> SearchIndex:
    """The index at a path or `sqlite:///` URL, made if there is none. Closing it is the caller's."""
    from newsdesk.index.embedded import EmbeddedIndex

    return EmbeddedIndex(_path(place))


def clear_index(place: Path | str) -> None:
    """Empty the index for `newsdesk index rebuild`, also one of other versions. What is no index of ours is refused."""
    from newsdesk.index.embedded import clear

    clear(_path(place))


def _path(place: Path | str) -> Path:
    if isinstance(place, Path):
        return place.absolute()
    if "://" in place and not place.startswith(_SQLITE):
        scheme = place.partition("://")[0]
        raise SearchIndexError(f"There is no search index for {scheme}:// addresses; write sqlite:///file or a path.")
    return Path(place.removeprefix(_SQLITE)).absolute()
