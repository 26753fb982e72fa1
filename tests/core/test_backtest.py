"""A topic on trial: what it tags, which part does the work, which mails follow."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given

from newsdesk.backtest import (
    Clock,
    Part,
    Trial,
    Verdict,
    Window,
    Work,
    choose_samples,
    count_days,
    count_mails,
    count_parts,
)
from newsdesk.model import Article, Rule, Tag, Topic
from newsdesk.query import parse, render
from newsdesk.rules import alert_id
from newsdesk.tagging import RuleSet
from tests.core.query_texts import ARTICLE_TEXT, QUERY_TEXT, tries

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
WINDOW = Window(since=NOW - timedelta(days=3), until=NOW)


def article(text: str, *, title: str = "News", number: int = 0, **changes: Any) -> Article:
    values: dict[str, Any] = {
        "id": f"{number:032x}",
        "url": f"http://paper.example/{number}",
        "source": "Paper",
        "title": title,
        "text": text,
        "summary": "",
        "language": "en",
        "authors": (),
        "published": None,
        "modified": None,
        "fetched_at": NOW,
        "recorded_at": NOW,
        "first_seen_at": NOW,
    }
    return Article(**values | changes)


def topic(query: str, **changes: Any) -> Topic:
    return Topic(id="t", title="T", query=parse(query), **changes)


def rule(rule_id: str = "now", *, readers: tuple[str, ...] = ("desk",), **changes: Any) -> Rule:
    return Rule(id=rule_id, title=rule_id, readers=readers, **{"topics": ("t",), **changes})


def carrying(*topics: str) -> tuple[Tag, ...]:
    return tuple(Tag(topic=name, topic_version="1", evidence=()) for name in topics)


def verdicts(trial: Trial, *texts: str) -> list[Verdict]:
    found = (trial.judge(article(text, number=number), NOW) for number, text in enumerate(texts))
    return [verdict for verdict in found if verdict is not None]


def work(query: str, *texts: str) -> dict[str, tuple[int, int]]:
    """Of each part: articles, and those of it alone."""
    trial = Trial(topic(query), ())
    return {done.part: (done.articles, done.alone) for done in count_parts(verdicts(trial, *texts), trial.parts)}


def test_an_article_is_tagged_gained_lost_or_of_no_concern() -> None:
    trial = Trial(topic("oil"), ())
    gained = trial.judge(article("oil rose"), NOW)
    kept = trial.judge(article("oil rose", tags=carrying("t")), NOW)
    lost = trial.judge(article("gold rose", tags=carrying("t")), NOW)
    assert gained is not None
    assert (gained.is_tagged, gained.was_tagged) == (True, False)
    assert kept is not None
    assert (kept.is_tagged, kept.was_tagged) == (True, True)
    assert lost is not None
    assert (lost.is_tagged, lost.was_tagged) == (False, True)
    assert trial.judge(article("gold rose", tags=carrying("other")), NOW) is None


def test_languages_sources_and_mentions_decide_as_in_tagging() -> None:
    trial = Trial(topic("oil", languages=("en",), sources=("Paper",), at_least=2), ())
    assert trial.judge(article("oil, and oil again"), NOW) is not None
    assert trial.judge(article("oil once"), NOW) is None
    assert trial.judge(article("oil, and oil again", language="de"), NOW) is None
    assert trial.judge(article("oil, and oil again", source="Other"), NOW) is None


@given(query=QUERY_TEXT, text=ARTICLE_TEXT)
@tries(50)
def test_a_trial_decides_as_the_tagging_does(query: str, text: str) -> None:
    on_trial = topic(query)
    verdict = Trial(on_trial, ()).judge(article(text), NOW)
    tags = RuleSet([on_trial]).tags(title="News", text=text, language="en", source="Paper")
    assert (verdict is not None and verdict.is_tagged) == bool(tags)


@given(query=QUERY_TEXT, text=ARTICLE_TEXT)
@tries(50)
def test_what_a_trial_looks_for_holds_all_that_the_topic_finds(query: str, text: str) -> None:
    on_trial = topic(query)
    if on_trial.query.match(title="News", body=text, lang="en", source="Paper"):
        trial = Trial(on_trial, ())
        assert trial.candidates.match(title="News", body=text, lang="en", source="Paper")


def test_each_alternative_is_told_with_what_it_found_alone() -> None:
    assert work("oil OR gas OR coal", "oil and gas", "oil", "gas", "gas again", "wood") == {
        "oil": (2, 1),
        "gas": (3, 2),
        "coal": (0, 0),
    }


def test_alternatives_within_a_conjunction_are_told_by_their_group() -> None:
    assert work("(oil OR gas) (price OR duty)", "oil price", "gas price duty", "oil gas price") == {
        "oil": (2, 1),
        "gas": (2, 1),
        "price": (3, 2),
        "duty": (1, 0),
    }


def test_the_sides_of_a_near_are_told_as_the_near_that_each_makes() -> None:
    found = work("(oil OR gas) PRE/1 (price OR duty)", "oil price", "gas price", "gas duty, oil price")
    assert found == {
        "oil PRE/1 (price OR duty)": (2, 1),
        "gas PRE/1 (price OR duty)": (2, 1),
        "(oil OR gas) PRE/1 price": (3, 2),
        "(oil OR gas) PRE/1 duty": (1, 0),
    }


def test_what_a_part_excludes_is_told_with_what_only_it_kept_out() -> None:
    found = work("oil NOT (olive OR palm) NOT paint", "oil", "olive oil", "olive or palm oil", "oil paint", "olive")
    assert found == {"olive": (2, 1), "palm": (1, 0), "paint": (1, 1)}


@pytest.mark.parametrize("query", ["oil", "oil price", "NOT oil", "*:*", "NOT oil NOT gas", "*:* NOT oil"])
def test_a_query_of_one_piece_has_no_parts_that_find(query: str) -> None:
    assert [part for part in Trial(topic(query), ()).parts if part.work is Work.FINDS] == []


def test_words_that_stand_in_no_article_are_told() -> None:
    trial = Trial(topic('(oil OR gas* OR "crude oil") NEAR/3 (price OR duty) NOT olive'), ())
    verdicts(trial, "oil at a price", "gasoline", "the duty on olive oil")
    assert trial.unmet == ("gas*", '"crude oil"', "duty")


def test_days_without_an_article_are_counted_too() -> None:
    trial = Trial(topic("oil"), ())
    early = trial.judge(article("oil"), NOW - timedelta(days=2))
    late = trial.judge(article("gold", number=1, tags=carrying("t")), NOW - timedelta(days=1))
    assert early is not None
    assert late is not None
    days = count_days([early, late], WINDOW, "UTC")
    assert [(day.day, day.articles) for day in days] == [
        (date(2026, 11, 19), 0),
        (date(2026, 11, 20), 1),
        (date(2026, 11, 21), 0),
        (date(2026, 11, 22), 0),
    ]


def test_a_day_is_one_of_the_zone_across_a_change_of_its_clocks() -> None:
    window = Window(since=datetime(2026, 3, 28, 23, tzinfo=UTC), until=datetime(2026, 3, 30, 22, tzinfo=UTC))
    verdict = Trial(topic("oil"), ()).judge(article("oil"), datetime(2026, 3, 29, 22, 30, tzinfo=UTC))
    assert verdict is not None
    days = count_days([verdict], window, "Europe/Berlin")
    assert [(day.day.isoformat(), day.articles) for day in days] == [("2026-03-29", 0), ("2026-03-30", 1)]


def test_a_window_reads_the_clock_that_it_is_told() -> None:
    published = NOW - timedelta(days=9)
    one = article("oil", published=published)
    assert WINDOW.instant(one) == NOW
    assert Window(since=WINDOW.since, until=NOW, clock=Clock.PUBLICATION).instant(one) == published
    assert Window(since=WINDOW.since, until=NOW, clock=Clock.PUBLICATION).instant(article("oil")) is None


def test_mails_are_counted_by_rule_and_reader_and_those_already_sent_apart() -> None:
    rules = (rule(readers=("desk", "analyst")), rule("other", topics=("o",)), rule("all", topics=("o", "t")))
    trial = Trial(topic("oil"), rules)
    judged = verdicts(trial, "oil", "oil again", "gold")
    known = frozenset({alert_id("now", article("", number=0).id)})
    found = count_mails(judged, trial.rules, known)
    assert [(one.rule, one.reader, one.mails, one.new_mails, one.alerts) for one in found] == [
        ("now", "desk", 2, 1, 2),
        ("now", "analyst", 2, 1, 2),
        ("all", "desk", 2, 2, 2),
    ]


def test_a_rule_that_gathers_has_alerts_and_no_mails_of_its_own() -> None:
    trial = Trial(topic("oil"), (rule(send="daily"),))
    (found,) = count_mails(verdicts(trial, "oil"), trial.rules, frozenset())
    assert (found.send, found.alerts, found.new_alerts, found.mails) == ("daily", 1, 1, 0)


def verdict(number: int, *parts: int, tagged: bool = True) -> Verdict:
    return Verdict(
        article=f"{number:032x}",
        when=NOW + timedelta(hours=number),
        is_tagged=tagged,
        was_tagged=False,
        parts=frozenset(parts),
        firings=(),
    )


def test_samples_are_spread_over_time_and_parts_and_always_the_same() -> None:
    judged = [verdict(number, 1 if number in (7, 31) else 0) for number in range(40)]
    judged.append(verdict(99, 2, tagged=False))
    chosen = choose_samples(reversed(judged), 4)
    assert [number.when for number in chosen] == sorted(number.when for number in chosen)
    assert {part for one in chosen for part in one.parts} == {0, 1}
    assert chosen == choose_samples(judged, 4)
    assert [int(one.article, 16) // 10 for one in chosen] == [0, 1, 2, 3]


@pytest.mark.parametrize("number", [0, 1, 3, 5])
def test_there_are_as_many_samples_as_asked_for_or_as_there_are(number: int) -> None:
    chosen = choose_samples([verdict(place) for place in range(3)], number)
    assert len({one.article for one in chosen}) == len(chosen) == min(number, 3)


def test_an_article_is_shown_with_its_evidence_or_with_why_not() -> None:
    trial = Trial(topic("oil NOT olive"), ())
    shown = trial.show(article("The price of oil rose. More later."), NOW)
    assert [found.sentence for found in shown.evidence] == ["The price of oil rose."]
    assert shown.misses == ()
    missed = trial.show(article("Olive oil"), NOW)
    assert missed.evidence == ()
    assert [one.part for one in missed.misses] == ["NOT olive"]


def test_a_part_is_a_query_of_its_own() -> None:
    parts: tuple[Part, ...] = Trial(topic('("a b" OR cc*) NEAR/3 (d OR e) NOT (f OR title:g)'), ()).parts
    for part in parts:
        assert parse(render(part.node)).tree == part.node
