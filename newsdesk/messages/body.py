"""The two bodies of a mail, plain text and HTML, from the same view."""

import re
import textwrap
from functools import cache

import jinja2

from newsdesk.messages.passages import Passage
from newsdesk.messages.view import MailView

_TEXT_WIDTH = 76
_COMMAND = re.compile(r"`newsdesk [^`\n]{1,60}`")
_JOINT = "\x1f"  # in place of a blank at which no line may end


def write_text(view: MailView) -> str:
    """The mail as plain text."""
    return templates().get_template("alert.txt").render(mail=view)


def write_html(view: MailView) -> str:
    """The mail as one HTML document that loads nothing from anywhere."""
    return templates().get_template("alert.html").render(mail=view)


@cache
def templates() -> jinja2.Environment:
    """Of all mails; what they are given is escaped in HTML."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("newsdesk.messages"),
        autoescape=jinja2.select_autoescape(("html",)),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["wrap"] = _wrap
    environment.filters["stars"] = _stars
    return environment


def _wrap(text: str, first: str = "", rest: str | None = None) -> str:
    """`text` in lines that fit a narrow window; links and other long words stay whole, and so do commands."""
    folded = textwrap.fill(
        _COMMAND.sub(lambda found: found[0].replace(" ", _JOINT), text),
        _TEXT_WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return folded.replace(_JOINT, " ")


def _stars(passage: Passage) -> str:
    """The passage as plain text, with ** around what matched."""
    text = "".join(f"**{segment.text}**" if segment.marked else segment.text for segment in passage.segments)
    return f"{'…' if passage.cut_before else ''}{text.strip()}{'…' if passage.cut_after else ''}"
