"""Keys of rows that are looked up by what they mean and not by how it is written."""

from extractors.records import ExtractError
from extractors.urls import weak_key
from newsdesk.intake import digest


def link_key(link: str | None) -> str | None:
    """32 hex digits that all spellings of a link have in common, with http or https, with www. or without."""
    if not link:
        return None
    try:
        return digest("link", weak_key(link))
    except ExtractError:
        return digest("link", link)
