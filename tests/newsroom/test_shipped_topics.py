"""The shipped topics, measured on articles that they were not tuned on (tests/data/topics)."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter

from newsdesk.model import Topic
from newsdesk.tagging import RuleSet
from newsdesk.watchlist import Severity, lint_watchlist, load_watchlist

_ROOT = Path(__file__).parents[2]
_GENERAL = load_watchlist(_ROOT / "watchlist.yaml")
_INDIA = load_watchlist(_ROOT / "examples/india.yaml")
_TOPICS = {topic.id: topic for topic in (*_GENERAL.topics, *_INDIA.topics)}
_RULES = RuleSet(tuple(_TOPICS.values()))
_HELD_OUT = _ROOT / "tests/data/topics"
_PAIRS = ("e-commerce-policy", "trader-protests")
_ENOUGH = 40  # articles of a file that a topic must find, and as many that it must not
_LEAST_PRECISION = 0.9
_LEAST_RECALL = 0.85


class Article(BaseModel):
    """An article as it might come from a feed, and the topics that it should get."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    about: str
    outlet: str
    lang: str
    topics: tuple[str, ...]
    title: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What a topic found."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """The share of what was found that should be."""
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        """The share of what should be found that was."""
        return self.right / (self.right + self.missed)


def held_out(pair: str) -> Sequence[Article]:
    """The articles of one file."""
    text = (_HELD_OUT / f"{pair}.yaml").read_text(encoding="utf-8")
    return TypeAdapter(tuple[Article, ...]).validate_python(yaml.safe_load(text))


_ARTICLES: Mapping[str, Sequence[Article]] = {pair: held_out(pair) for pair in _PAIRS}
_ALL = [article for pair in _PAIRS for article in _ARTICLES[pair]]


def tagged(article: Article) -> set[str]:
    """The topics that tagging gives the article."""
    return {tag.topic for tag in _RULES.tags(title=article.title, text=article.body, language=article.lang)}


def measured(topic: str) -> Measure:
    """A topic against all articles of both files."""
    found = {article for article in _ALL if topic in tagged(article)}
    meant = {article for article in _ALL if topic in article.topics}
    return Measure(right=len(found & meant), wrong=len(found - meant), missed=len(meant - found))


@pytest.mark.parametrize("topic", _TOPICS)
def test_a_topic_finds_most_of_what_it_should_and_little_else(topic: str) -> None:
    seen = measured(topic)
    sys.stdout.write(
        f"{topic}: precision {seen.precision:.3f}, recall {seen.recall:.3f}"
        f" ({seen.right} right, {seen.wrong} wrong, {seen.missed} missed of {len(_ALL)} articles)\n"
    )
    assert seen.precision >= _LEAST_PRECISION
    assert seen.recall >= _LEAST_RECALL


@pytest.mark.parametrize("pair", _PAIRS)
def test_each_file_has_enough_articles_of_both_kinds(pair: str) -> None:
    meant = [article for article in _ARTICLES[pair] if pair in article.topics]
    assert len(meant) >= _ENOUGH
    assert len(_ARTICLES[pair]) - len(meant) >= _ENOUGH
    assert len({article.about for article in _ARTICLES[pair]}) == len(_ARTICLES[pair])


def test_what_is_about_india_is_about_the_general_topic_too() -> None:
    for article in _ALL:
        assert {topic.removesuffix("-india") for topic in article.topics} <= set(article.topics) <= set(_TOPICS)


def test_what_is_measured_on_was_not_tuned_on() -> None:
    examples = {text for topic in _TOPICS.values() for text in (*topic.positive, *topic.negative)}
    assert not [text for text in examples for article in _ALL if text in (article.title, article.body)]


@pytest.mark.parametrize("topic", _TOPICS.values(), ids=lambda topic: topic.id)
def test_a_topic_has_at_least_fifteen_examples_each_way(topic: Topic) -> None:
    assert len(set(topic.positive)) >= 15
    assert len(set(topic.negative)) >= 15


@pytest.mark.parametrize("topic", _TOPICS.values(), ids=lambda topic: topic.id)
def test_examples_are_tagged_as_they_say(topic: Topic) -> None:
    rules = RuleSet([topic])
    assert [text for text in topic.positive if not rules.tags(title=text, text=text)] == []
    assert [text for text in topic.negative if rules.tags(title=text, text=text)] == []


def test_the_indian_watchlist_has_no_finding_but_its_length() -> None:
    remarks = lint_watchlist(_INDIA)
    assert {remark.severity for remark in remarks} <= {Severity.HINT}
    assert [remark.message for remark in remarks if "words, phrases and values" not in remark.message] == []


def test_the_indian_topics_are_found_from_the_sample_watchlist() -> None:
    assert "examples/india.yaml" in (_ROOT / "watchlist.yaml").read_text(encoding="utf-8")
