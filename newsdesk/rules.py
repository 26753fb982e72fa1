"""Which rules an article fires, and which mails that makes."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from newsdesk.model import Article, Rule, Tag

IMMEDIATE = "immediate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """A rule fires for an article. `alert` is the id of the alert: the same article and rule always give the same."""

    alert: str
    rule: str
    tags: tuple[Tag, ...]  # those of the article's tags that the rule asks for


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A notification that is to be made. `key` is unique for ever, `id` is its hash."""

    id: str
    key: str
    rule: str
    reader: str
    alert: str


def alerts_for(article: Article, rules: Iterable[Rule]) -> tuple[Firing, ...]:
    """One firing for each rule that asks for at least one of the article's topics, in the order of the rules."""
    firings = []
    for rule in rules:
        tags = tuple(tag for tag in article.tags if tag.topic in rule.topics)
        if tags:
            firings.append(Firing(alert=alert_id(rule.id, article.id), rule=rule.id, tags=tags))
    return tuple(firings)


def notifications_for(firings: Sequence[Firing], rules: Iterable[Rule]) -> tuple[Notice, ...]:
    """One notice for each firing and each reader of its rule, where the rule sends at once."""
    readers = {rule.id: dict.fromkeys(rule.readers) for rule in rules if rule.send == IMMEDIATE}
    return tuple(_notice(firing, reader) for firing in firings for reader in readers.get(firing.rule, ()))


def alert_id(rule: str, article: str) -> str:
    """The id of the one alert that this rule can ever raise for this article: 32 hex digits."""
    return _digest(f"alert|{rule}|{article}")


def _notice(firing: Firing, reader: str) -> Notice:
    key = f"{IMMEDIATE}|{firing.rule}|{reader}|{firing.alert}"
    return Notice(id=_digest(f"notification|{key}"), key=key, rule=firing.rule, reader=reader, alert=firing.alert)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
