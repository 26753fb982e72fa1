"""Reads the content files: `sources/<slug>/source.yaml` and, beside it, one Markdown file a piece.

A piece is a YAML block between two `---` lines and then the text: paragraphs apart by blank lines, `## ` before a
crosshead, `> ` before a quotation. Nothing else of Markdown is known.
"""

import re
import zlib
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Self

import yaml
from pydantic import AwareDatetime, BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator

from newsdesk.newsroom.records import Block, BlockKind, ContentError, Library, PageKind, Piece, Source
from newsdesk.newsroom.wording import section_slug

_FOLDER = Path(__file__).parent / "sources"
_AGE = re.compile(r"(\d+)([mhd])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_FENCE = "---\n"
_SOURCE: TypeAdapter[Source] = TypeAdapter(Source)


class _Head(BaseModel):
    """The keys before a piece's text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str
    authors: tuple[str, ...] = ()
    section: str = "News"
    language: str | None = None
    kind: PageKind = PageKind.ARTICLE
    topics: frozenset[str] = frozenset()
    age: str | None = None
    published: AwareDatetime | None = None
    edition: int = 1
    updates: str | None = None
    path: str | None = None

    @model_validator(mode="after")
    def _has_one_date(self) -> Self:
        if (self.age is None) == (self.published is None):
            raise ValueError("needs either age (3h) or published (2021-09-07T18:40:00+05:30)")
        if self.age is not None and not _AGE.fullmatch(self.age):
            raise ValueError(f"age is {self.age!r}; write it as 45m, 3h or 2d")
        return self


@cache
def load_library(folder: Path = _FOLDER) -> Library:
    """Every source and piece of the folder, sources by slug; the first fault is a ContentError."""
    sources = tuple(_read_source(path) for path in sorted(folder.glob("*/source.yaml")))
    if not sources:
        raise ContentError(f"{folder}: holds no <slug>/source.yaml; was the package installed without its content?")
    pieces = tuple(
        _read_piece(path, source) for source in sources for path in sorted((folder / source.slug).glob("*.md"))
    )
    _check_pieces(pieces)
    return Library(sources=sources, pieces=pieces)


def _read_source(path: Path) -> Source:
    fields = _mapping(path, path.read_text(encoding="utf-8"))
    if unknown := sorted(set(fields) - set(Source.__dataclass_fields__) | set(fields) & {"slug"}):
        raise ContentError(f"{path}: unknown key {unknown[0]!r}")
    try:
        return _SOURCE.validate_python({**fields, "slug": path.parent.name})
    except ValidationError as error:
        raise ContentError(f"{path}: {error}") from error


def _read_piece(path: Path, source: Source) -> Piece:
    text = path.read_text(encoding="utf-8")
    _, _, rest = text.partition(_FENCE)
    fields, fence, body = rest.partition(f"\n{_FENCE}")
    if not (text.startswith(_FENCE) and fence):
        raise ContentError(f"{path}: must begin with a block of keys between two lines of three hyphens")
    try:
        head = _Head.model_validate(_mapping(path, fields))
    except ValidationError as error:
        raise ContentError(f"{path}: {error}") from error
    number = zlib.crc32(f"{source.slug}/{path.stem}".encode()) % 900_000 + 100_000
    pattern = head.path or source.article_path
    return Piece(
        source=source.slug,
        slug=path.stem,
        path=pattern.format(section=section_slug(head.section), slug=path.stem, number=number),
        title=head.title,
        blocks=_blocks(body),
        authors=head.authors,
        section=head.section,
        language=head.language or source.language,
        kind=head.kind,
        topics=head.topics,
        age=_age(head.age) if head.age else None,
        published=head.published,
        edition=head.edition,
        updates=head.updates,
    )


def _mapping(path: Path, text: str) -> dict[str, object]:
    try:
        found = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ContentError(f"{path}: is not YAML: {error}") from error
    if not isinstance(found, dict):
        raise ContentError(f"{path}: must hold keys and values")
    return found


def _check_pieces(pieces: tuple[Piece, ...]) -> None:
    first = {(piece.source, piece.slug) for piece in pieces if piece.updates is None}
    paths: set[tuple[str, str]] = set()
    for piece in pieces:
        if piece.updates is None:
            if (piece.source, piece.path) in paths:
                raise ContentError(f"{piece.source}/{piece.slug}: another piece has the path {piece.path}")
            paths.add((piece.source, piece.path))
        elif (piece.source, piece.updates) not in first:
            raise ContentError(f"{piece.source}/{piece.slug}: updates {piece.updates!r}, which the source lacks")


def _blocks(body: str) -> tuple[Block, ...]:
    return tuple(_block(" ".join(part.split())) for part in re.split(r"\n\s*\n", body.strip()) if part.strip())


def _block(text: str) -> Block:
    if text.startswith("## "):
        return Block(kind=BlockKind.HEADING, text=text[3:])
    if text.startswith("> "):
        return Block(kind=BlockKind.QUOTE, text=text[2:])
    return Block(kind=BlockKind.PARAGRAPH, text=text)


def _age(text: str) -> timedelta:
    return timedelta(**{_UNITS[text[-1]]: int(text[:-1])})
