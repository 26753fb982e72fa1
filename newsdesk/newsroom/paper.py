"""The one Jinja environment: every template of the sample newsroom, escaped throughout."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from newsdesk.newsroom.wording import section_slug


@cache
def environment() -> Environment:
    """Templates of this package; an unknown name in one is an error. Filter `path`: a name as a part of a path."""
    found = Environment(
        loader=PackageLoader("newsdesk.newsroom", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["path"] = section_slug
    return found
