"""Words of a query: analysed as the articles are, with * and ? left standing as wildcards."""

import re
from collections.abc import Callable, Iterator

from newsdesk.query.analysis import fold, tokens
from newsdesk.query.characters import token_pattern
from newsdesk.query.errors import Fault, shortened

LONGEST_WILDCARD = 100  # characters: looking for it in a word takes time by the length of both
LETTERS_BEFORE_STAR = 2
LETTERS_AFTER_LEADING_WILDCARD = 3

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_WILDCARD = re.compile(r"[*?]")
# Two code points that are no characters, and so in no text, stand for the wildcards while the analyser's pattern runs.
_ANY_RUN, _ANY_ONE = "\ufdd0", "\ufdd1"
_PIECE = re.compile(rf"\\(.)|([*?])|[{_ANY_RUN}{_ANY_ONE}]", re.DOTALL)
_MARKED_WILDCARD = re.compile(f"([{_ANY_RUN}{_ANY_ONE}])")


def unescape(raw: str) -> str:
    r"""`raw` without its backslashes: \x is x."""
    return _ESCAPED.sub(r"\1", raw)


def is_wild(pattern: str) -> bool:
    """Whether `pattern` holds a wildcard."""
    return "*" in pattern or "?" in pattern


def patterns(raw: str) -> list[str]:
    r"""The patterns of a piece of a query, in order: tokens in which * and ? are wildcards unless written \* and \?.

    A wildcard that is too wide is a Fault; so is one between Han characters, which are tokens by themselves.
    """
    if not is_wild(raw):
        return tokens(unescape(raw))
    found = [pattern for chunk in raw.split() for pattern in _wild(chunk)]
    for pattern in found:
        if is_wild(pattern):
            _check_width(pattern)
    return found


def _wild(chunk: str) -> Iterator[str]:
    marked = _PIECE.sub(_mark, chunk)
    runs = list(token_pattern(_ANY_RUN + _ANY_ONE).finditer(marked))
    for run in runs:
        if not run[0].strip(_ANY_RUN + _ANY_ONE) and _touches(run, runs):
            is_inside = run.start() > 0 and run.end() < len(marked)
            if _ANY_ONE in run[0] or is_inside:
                raise Fault(
                    "A wildcard cannot stand between characters that are words by themselves (Han, Hiragana).",
                    "Write the parts as words of their own: 東 PRE/1 京.",
                )
            continue  # 東京* is 東京: such words are found inside longer ones anyway
        yield "".join(_folded(piece) for piece in _MARKED_WILDCARD.split(run[0]))


def _mark(piece: re.Match[str]) -> str:
    escaped, wildcard = piece.groups()
    if wildcard:
        return _ANY_RUN if wildcard == "*" else _ANY_ONE
    return escaped if escaped and escaped not in (_ANY_RUN, _ANY_ONE) else " "


def _folded(piece: str) -> str:
    return "*" if piece == _ANY_RUN else "?" if piece == _ANY_ONE else fold(piece)


def _touches(run: re.Match[str], runs: list[re.Match[str]]) -> bool:
    return any(run.start() == other.end() or other.start() == run.end() for other in runs)


def _check_width(pattern: str) -> None:
    if len(pattern) > LONGEST_WILDCARD:
        raise Fault(
            f"The wildcard {shortened(pattern)} is longer than words are: {len(pattern)} characters.",
            f"Write at most {LONGEST_WILDCARD}.",
        )
    letters = _WILDCARD.sub("", pattern)
    head = pattern.partition("*")[0].replace("?", "")
    is_leading = pattern[0] in "*?"
    enough = len(letters) >= LETTERS_AFTER_LEADING_WILDCARD if is_leading else len(head) >= LETTERS_BEFORE_STAR
    if not letters or (not enough and (is_leading or "*" in pattern)):
        raise Fault(
            f"The wildcard {shortened(pattern)} is too wide.",
            f"Give at least {LETTERS_BEFORE_STAR} letters before * and {LETTERS_AFTER_LEADING_WILDCARD} after a leading"
            r" * or ?; write \* or \? if the sign itself is meant.",
        )


def wild_test(pattern: str) -> Callable[[str], object]:
    """A function that says whether a token is matched by `pattern`, in time linear in the token."""
    head, *rest = pattern.split("*")
    source = _literal(head)
    if rest:
        *middle, tail = rest
        # The leftmost place of each piece is always good enough, so there is no need to try others: atomic groups.
        source += "".join(f"(?>.*?{_literal(piece)})" for piece in middle) + ".*" + _literal(tail)
    return re.compile(source, re.DOTALL).fullmatch


def _literal(piece: str) -> str:
    return ".".join(re.escape(part) for part in piece.split("?"))
