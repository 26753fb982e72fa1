"""The sample watchlist fits the sample newsroom: its feeds are served, and its queries tag exactly what they should."""

from pathlib import Path

import pytest

from newsdesk.newsroom import Newsroom
from newsdesk.newsroom.library import load_library
from newsdesk.newsroom.records import PageKind
from newsdesk.tagging import RuleSet
from newsdesk.watchlist import lint_watchlist, load_watchlist

_WATCHLIST = load_watchlist(Path(__file__).parents[2] / "watchlist.yaml")
_TOPICS = {topic.id: topic for topic in _WATCHLIST.topics}
_TEXTS = [piece for piece in load_library().pieces if piece.kind in {PageKind.ARTICLE, PageKind.DISALLOWED}]
_POSITIVE = [(topic.id, sentence) for topic in _WATCHLIST.topics for sentence in topic.positive]
_NEGATIVE = [(topic.id, sentence) for topic in _WATCHLIST.topics for sentence in topic.negative]
_RULES = RuleSet(_WATCHLIST.topics)


def _tagged(topic: str, sentence: str) -> bool:
    """Whether an article gets the topic that has the sentence as its title and as its text."""
    return topic in {tag.topic for tag in _RULES.tags(title=sentence, text=sentence)}


def test_the_watchlist_names_every_feed_of_the_newsroom(newsroom: Newsroom) -> None:
    served = {(feed.name, feed.url.replace(f":{newsroom.port}/", ":8700/")) for feed in newsroom.feeds}
    assert {(feed.name, feed.url) for feed in _WATCHLIST.feeds} == served


@pytest.mark.parametrize("topic", _TOPICS)
def test_a_topic_s_query_finds_exactly_the_articles_it_should(topic: str) -> None:
    query = _TOPICS[topic].query
    found = {f"{text.source}/{text.slug}" for text in _TEXTS if query.match(title=text.title, body=text.text)}
    assert found == {f"{text.source}/{text.slug}" for text in _TEXTS if topic in text.topics}


def test_truths_name_no_topic_that_the_watchlist_lacks() -> None:
    assert {topic for text in _TEXTS for topic in text.topics} == set(_TOPICS)


@pytest.mark.parametrize(("topic", "sentence"), _POSITIVE)
def test_an_example_that_should_match_does(topic: str, sentence: str) -> None:
    assert _tagged(topic, sentence)


@pytest.mark.parametrize(("topic", "sentence"), _NEGATIVE)
def test_an_example_that_should_not_match_does_not(topic: str, sentence: str) -> None:
    assert not _tagged(topic, sentence)


@pytest.mark.parametrize("topic", _TOPICS)
def test_a_topic_has_at_least_fifteen_examples_each_way(topic: str) -> None:
    assert len(set(_TOPICS[topic].positive)) >= 15
    assert len(set(_TOPICS[topic].negative)) >= 15


def test_examples_are_not_taken_from_the_articles() -> None:
    for text in _TEXTS:
        assert not [sentence for _, sentence in _POSITIVE + _NEGATIVE if sentence in text.text]


def test_both_topics_are_mailed_to_the_desk_at_once() -> None:
    mailed = {topic for rule in _WATCHLIST.rules if "desk" in rule.readers for topic in rule.topics}
    assert mailed == set(_TOPICS)
    assert {rule.send for rule in _WATCHLIST.rules} == {"immediate"}


def test_the_sample_watchlist_is_without_findings() -> None:
    assert lint_watchlist(_WATCHLIST) == ()
