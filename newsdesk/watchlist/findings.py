"""What the check of a watchlist says, and where."""

from dataclasses import dataclass
from enum import StrEnum

from newsdesk.watchlist.document import Document, Path, Problem, show_path


class Severity(StrEnum):
    """How bad a finding is."""

    ERROR = "error"  # the watchlist cannot be used, or something will not happen that it promises
    WARNING = "warning"  # probably not meant
    HINT = "hint"  # could be better


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something to look at. `where` is a key of the watchlist, such as `topics.gst`; lines count from 1."""

    severity: Severity
    line: int
    where: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A finding before its line is looked up. `offset` counts characters of the text at `path`, without its margins."""

    severity: Severity
    path: Path
    message: str
    remedy: str
    offset: int | None = None


def finding_of_problem(problem: Problem) -> Finding:
    """What keeps the watchlist from being used."""
    return Finding(
        severity=Severity.ERROR,
        line=problem.line,
        where=show_path(problem.path),
        message=problem.message.removesuffix("."),
        remedy=problem.remedy.removesuffix("."),
    )


def finding_of_remark(remark: Remark, document: Document) -> Finding:
    """The remark with its line in the file."""
    line = document.line(remark.path)
    if remark.offset is not None and remark.path in document.places:
        line, _ = document.locate(remark.path, remark.offset)
    return Finding(
        severity=remark.severity,
        line=line,
        where=show_path(remark.path),
        message=remark.message,
        remedy=remark.remedy,
    )
