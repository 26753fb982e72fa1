"""What the first lines of a text say where the page's markup says nothing: its headline, and who wrote it."""

import re
from itertools import islice
from typing import Final

from .bylines import split_names
from .prose import heading_key, one_line

_FIRST: Final = 6  # lines that are looked at
_LONGEST = 90  # characters of a byline
_SEPARATOR = re.compile(r"\s+[|–—\-:·•«»>/]+\s+|\s*[|｜：ㅣ]\s*|:\s")
_BY = re.compile(r"^\W{0,3}(?:by|von|par|por|di|door|av|af|текст|автор|द्वारा)\s*:?\s+(?=\S)", re.IGNORECASE)
_NAME = re.compile(r"[^\W\d_]*[^\W\d_a-z][\w.'’-]*(?:\s+(?:[a-z]{1,4}\s+){0,2}[^\W\d_a-z][\w.'’-]*){1,3}")


def opening_headline(title: str, text: str) -> str:
    """The part of a title tag that stands as a line of its own at the head of the text, else ""."""
    parts = {heading_key(part): part for part in _SEPARATOR.split(title)}
    lines = (heading_key(line) for line in _first_lines(text))
    return one_line(next((parts[line] for line in lines if line and line in parts), ""))


def opening_names(text: str) -> tuple[str, ...]:
    """The names in a line such as `By Jane Roe and Tom Poe` at the head of the text."""
    for line in _first_lines(text):
        if len(line) <= _LONGEST and _BY.match(line):
            names = split_names(_BY.sub("", line))
            return tuple(names) if names and all(map(_NAME.fullmatch, names)) else ()
    return ()


def _first_lines(text: str) -> list[str]:
    return list(islice((line.strip() for line in text.split("\n") if line.strip()), _FIRST))
