"""What NEAR/n, PRE/n, W/n and "a b"~n may join, and what to write where they may not."""

from dataclasses import replace

from newsdesk.query.errors import Fault
from newsdesk.query.render import render
from newsdesk.query.tree import And, Near, Node, Or, Phrase, phrases

MOST_WORDS_BETWEEN = 50


def near_of(operator: str, left: Node, right: Node, column: int) -> Near:
    """`left operator right`, the operator in the form NEAR/5; a Fault where the sides cannot be joined."""
    name, _, count = operator.partition("/")
    sides = _side(left, operator, left, right), _side(right, operator, left, right)
    fields = {phrase.field for side in sides for phrase in phrases(side)}
    if len(fields) > 1:
        field = next(field for field in sorted(map(str, fields)) if field != "None")
        inside = " ".join((_without_field(left), operator, _without_field(right)))
        raise Fault(f"Both sides of {operator} must be in the same field.", f"Write {field}:({inside}).")
    return Near(*sides, _distance(operator, count), name != "NEAR", column)


def near_of_phrase(count: str, phrase: Phrase, column: int) -> Near:
    """The proximity that a phrase of two words with ~n stands for: NEAR/n."""
    if not count.isdigit():
        raise Fault("The ~ after a phrase needs a number.", 'Write "oil price"~5: at most 5 words between.')
    if len(phrase.parts) > 2:  # noqa: PLR2004 - the two sides of NEAR
        rewrite = (
            f"{phrase.parts[0]} NEAR/{count} {phrase.parts[1]} AND {phrase.parts[1]} NEAR/{count} {phrase.parts[2]}"
        )
        raise Fault(f'"…"~{count} takes two words; this phrase has {len(phrase.parts)}.', f"Write {rewrite}.")
    left, right = (replace(phrase, parts=(part,)) for part in phrase.parts)
    return Near(left, right, _distance(f"~{count}", count), ordered=False, column=column)


def _distance(operator: str, count: str) -> int:
    distance = int(count[:7])
    if distance > MOST_WORDS_BETWEEN:
        message = f"{operator} is too far: at most {MOST_WORDS_BETWEEN} words may lie between."
        raise Fault(message, f"Write NEAR/{MOST_WORDS_BETWEEN}, or AND for anywhere in the article.")
    return distance


def _side(side: Node, operator: str, left: Node, right: Node) -> Phrase | Or:
    if isinstance(side, Phrase):
        return side
    if isinstance(side, Or) and all(_side(child, operator, left, right) for child in side.nodes):
        return side
    if isinstance(side, Near):
        pairs = (render(side), f"{render(side.right)} {operator} {_group(right)}")
        if side is not left:
            pairs = (f"{_group(left)} {operator} {render(side.left)}", render(side))
        raise Fault("NEAR cannot stand inside NEAR.", f"Write ({pairs[0]}) AND ({pairs[1]}).")
    advice = "Put into the brackets what may stand there, and join the rest by AND"
    if isinstance(side, And) and side in (left, right):
        joined = [(child, right) if side is left else (left, child) for child in side.nodes]
        advice = "Write " + " AND ".join(f"({_group(a)} {operator} {_group(b)})" for a, b in joined)
    raise Fault(f"{operator} joins words, phrases and groups of OR; not AND, NOT, values or dates.", advice + ".")


def _group(node: Node) -> str:
    return render(node) if isinstance(node, Phrase) else f"({render(node)})"


def _without_field(node: Node) -> str:
    if isinstance(node, Phrase):
        return render(replace(node, field=None))
    if isinstance(node, Or):
        return f"({' OR '.join(map(_without_field, node.nodes))})"
    return render(node)
