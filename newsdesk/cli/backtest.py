"""The command `topics test`."""

import dataclasses
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import chain
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.padding import Padding
from rich.text import Text

from newsdesk.backtest import Clock, MailCount, PartWork, Shown, Window, Work
from newsdesk.cli.brief import brief
from newsdesk.cli.day_columns import day_columns
from newsdesk.cli.frame import (
    HomeOption,
    JsonOption,
    WatchlistOption,
    err,
    is_piped,
    out,
    print_json,
    print_rows,
    readers_for,
)
from newsdesk.cli.life import marked
from newsdesk.cli.period import beginning
from newsdesk.cli.topics import TopicArgument, known_topic
from newsdesk.model import Topic, Watchlist
from newsdesk.pipeline.backtest import BackTest, back_test
from newsdesk.query import parse

_WIDEST = 112  # columns: longer lines are hard to read
_NARROWEST = 40
_SENTENCES = 2  # shown for a sample
_REASONS = 2  # shown for an article lost
_UNMET = 24  # shown of the words that stand nowhere
_RARE = 0.1  # a day: fewer are told by the month

SinceOption = Annotated[str, typer.Option("--since", help="From this date on or this age: 2026-10-01, 30d, 12h.")]
ByOption = Annotated[Clock, typer.Option("--by", help="The date that --since means.")]


backtests = typer.Typer()


@backtests.command("test")
def try_topic(  # noqa: PLR0913 - each is an option of the command
    topic: TopicArgument,
    *,
    since: SinceOption = "30d",
    by: ByOption = Clock.ARRIVAL,
    query: Annotated[str | None, typer.Option(help="Try this query instead of the topic's own.")] = None,
    samples: Annotated[int, typer.Option(help="Articles shown of each kind.", min=0, max=1000)] = 10,
    home: HomeOption = None,
    watchlist: WatchlistOption = None,
    as_json: JsonOption = False,
) -> None:
    """Try a topic on the articles that are stored: what would it tag, and which mails follow? Nothing is changed.

    It also tells which part of the query does the work, and what differs from the tags there are. The topic is tried as
    it stands in the watchlist now; with --watchlist, as it stands in another file; with --query, a query that stands
    nowhere yet is tried, for a topic of the watchlist or a new one.

    newsdesk topics test e-commerce-policy
    newsdesk topics test e-commerce-policy --since 2026-10-01 --by publication
    newsdesk topics test trader-protests --query 'trader* NEAR/5 (protest* OR strike)' --samples 3
    newsdesk topics test trader-protests --watchlist draft.yaml
    """
    with readers_for(home, watchlist) as services:
        now = services.clock()
        tried = topic_on_trial(services.watchlist, topic, query, now)
        zone = zone_of(services.watchlist, tried)
        window = Window(since=beginning(since, now, zone=zone), until=now, clock=by)
        with err.status("reading what is stored"):
            found = back_test(services, tried, window, samples=samples, zone=zone)
    if as_json:
        print_json(found)
    elif is_piped():
        print_rows(_rows(found))
    else:
        _print(found)


def topic_on_trial(watchlist: Watchlist, name: str, query: str | None, now: datetime) -> Topic:
    """The topic of the watchlist, by `query` if that is given; with a query it may also be a new one."""
    if query is None:
        return known_topic(watchlist, name)
    known = watchlist.topic(name) or Topic(id=name, title=name, query=parse("*:*"))
    return dataclasses.replace(known, query=parse(query, now=now))


def zone_of(watchlist: Watchlist, topic: Topic) -> str:
    """The time zone that all readers of the topic share, or UTC."""
    readers = {reader for rule in watchlist.rules if topic.id in rule.topics for reader in rule.readers}
    zones = {reader.zone for reader in watchlist.readers if reader.id in readers}
    return zones.pop() if len(zones) == 1 else "UTC"


# ------------------------------------------------------------------ for people


def _print(found: BackTest) -> None:
    width = max(_NARROWEST, min(out.width, _WIDEST))
    out.print(Text.assemble((found.title, "bold"), (f"  {found.topic}" if found.topic != found.title else "", "dim")))
    for line in heading(found.window, found.begins, found.zone):
        out.print(line)
    number = "1 article" if found.tagged == 1 else f"{found.tagged:,} articles"
    rate = found.tagged / found.length_in_days
    out.print()
    out.print(
        Text.assemble(
            (f"{number} would be tagged", "bold"), f": {found.share:.1%} of {found.stored:,} stored, {_rate(rate)}"
        )
    )
    if found.tagged and len(found.days) > 1:
        out.print()
        for line in day_columns(found.days, width=width):
            out.print(line)
    for part in chain(_parts(found, width), _mails(found), _differences(found), _samples(found)):
        out.print(part, soft_wrap=False, width=width)


def heading(window: Window, begins: datetime | None, zone: str) -> Iterator[Text]:
    """The window, and a warning where it is longer than what is stored."""
    since, until = (f"{instant.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}" for instant in (window.since, window.until))
    yield Text(f"articles that {_VERBS[window.clock]} from {since} to {until} {zone}", "dim")
    if begins is not None:
        first = f"{begins.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"
        yield Text.assemble(("warning: ", "yellow"), f"nothing older than {first} is stored: the window is longer")


_VERBS = {Clock.ARRIVAL: "arrived", Clock.PUBLICATION: "were published"}


def _day(instant: datetime, zone: str) -> date:
    return instant.astimezone(ZoneInfo(zone)).date()


def _rate(per_day: float) -> str:
    return f"{per_day:.1f} a day" if per_day >= _RARE else f"{per_day * 30:.1f} a month"


def _parts(found: BackTest, width: int) -> Iterator[Text | Padding]:
    for work, heads in _HEADS.items():
        parts = [part for part in found.parts if part.work is work]
        if parts:
            yield Text()
            yield Text.assemble((f"{heads[0]:>8}{heads[1]:>10}  ", "dim"), (heads[2], "bold"))
            yield from (_part(part, width) for part in parts)
    if found.unmet and found.tagged:
        yield Text()
        yield Text("Words of the query that stand in none of them", "bold")
        yield _indented(Text(", ".join(found.unmet[:_UNMET])), 2)
        if len(found.unmet) > _UNMET:
            yield Text(f"  and {len(found.unmet) - _UNMET} more; --json and pipes list all", "dim")


_HEADS = {
    Work.FINDS: ("found", "only it", "Parts of the query"),
    Work.EXCLUDES: ("kept out", "only it", "What it excludes"),
}


def _part(part: PartWork, width: int) -> Text:
    figures = f"{part.articles:>8}{part.alone:>10}  "
    style = "" if part.articles else "yellow"
    return Text.assemble((figures, style), brief(parse(part.part).tree, width - len(figures)))


def _indented(text: Text, by: int) -> Padding:
    return Padding(text, (0, 0, 0, by), expand=False)


def _mails(found: BackTest) -> Iterator[Text]:
    yield Text()
    if not found.mails:
        yield Text.assemble(("Mails", "bold"), ": no rule of the watchlist asks for this topic")
        return
    yield Text("Mails it would have caused", "bold")
    yield from (_mail(mail, found.length_in_days) for mail in found.mails)


def _mail(mail: MailCount, days: float) -> Text:
    noun = "mail" if mail.mails == 1 else "mails"
    what = f"{mail.mails:,} {noun}, {_rate(mail.mails / days)}"
    if not mail.mails and mail.alerts:
        what = f"{mail.alerts:,} alerts, gathered ({mail.send})"
    number = "all" if mail.new_alerts == mail.alerts else mail.new_alerts or "none"
    new = f"{number} of them new" if mail.alerts else ""
    return Text.assemble(f"  {mail.rule} → {mail.reader}: ", what, (f"; {new}" if new else "", "dim"))


def _differences(found: BackTest) -> Iterator[Text | Padding]:
    yield Text()
    is_new = found.gained == found.tagged and not found.lost
    if not found.gained and not found.lost:
        yield Text.assemble(("Nothing differs", "bold"), " from the tags that are stored now")
    elif is_new:
        yield Text.assemble(("All of them are new", "bold"), ": no article carries the topic now")
    else:
        yield Text.assemble(
            (f"{found.gained:,} gained, {found.lost:,} lost", "bold"), " against the tags that are stored now"
        )
    if found.untagged:
        yield Text(f"  {found.untagged} wait for tagging and are not compared", "dim")
    if not is_new:
        yield from _changes(found)


def _changes(found: BackTest) -> Iterator[Text | Padding]:
    for sign, style, shown in (("+", "green", found.gains), ("−", "red", found.losses)):
        for article in shown:
            yield _indented(Text.assemble((f"{sign} ", style), article.title, _source(article, found.zone)), 2)
            yield _indented(_why(article), 4)
    more = found.gained + found.lost - len(found.gains) - len(found.losses)
    if more:
        yield Text(f"  and {more} more; --samples shows more of them", "dim")


def _source(article: Shown, zone: str) -> tuple[str, str]:
    return f"  {article.source}, {_day(article.when, zone)}", "dim"


def _why(article: Shown) -> Text:
    if article.misses:
        reasons = (f"{missed.part}: {missed.reason}" for missed in article.misses[:_REASONS])
        return Text("; ".join(reasons), "dim")
    return Text.assemble(("matched: ", "dim"), (", ".join(words(article)), "dim"))


def words(article: Shown) -> Sequence[str]:
    """What matched, each form once."""
    texts = (item.sentence[item.start - item.sentence_start :][: item.end - item.start] for item in article.evidence)
    return list(dict.fromkeys(" ".join(text.split()) for text in texts))


def _samples(found: BackTest) -> Iterator[Text | Padding]:
    if not found.samples:
        return
    yield Text()
    yield Text.assemble(("Samples", "bold"), (f"  {len(found.samples)} of {found.tagged}", "dim"))
    for article in found.samples:
        yield _indented(Text.assemble(article.title, _source(article, found.zone)), 2)
        for line in _sentences(article):
            yield _indented(line, 4)


def _sentences(article: Shown) -> Iterator[Text]:
    shown: set[tuple[str, int]] = set()
    for item in article.evidence:
        place = (item.field, item.sentence_start)
        if place not in shown and len(shown) < _SENTENCES:
            shown.add(place)
            yield marked(item, article.evidence)


# ------------------------------------------------------------------ for programs


def _rows(found: BackTest) -> Iterator[tuple[object, ...]]:
    """Each row says first what it is."""
    yield ("topic", found.topic, found.title, found.query)
    yield ("window", found.window.since.isoformat(), found.window.until.isoformat(), found.window.clock.value)
    yield ("begins", found.begins.isoformat() if found.begins else "")
    yield ("tagged", found.tagged, found.stored, found.gained, found.lost, found.untagged)
    yield from (("day", day.day, day.articles) for day in found.days)
    yield from (("part", part.work.value, part.articles, part.alone, part.part) for part in found.parts)
    yield from (("unmet", part) for part in found.unmet)
    for mail in found.mails:
        yield ("mail", mail.rule, mail.reader, mail.mails, mail.new_mails, mail.alerts, mail.new_alerts)
    for kind, articles in (("gained", found.gains), ("lost", found.losses), ("sample", found.samples)):
        for article in articles:
            why = "; ".join(f"{missed.part}: {missed.reason}" for missed in article.misses)
            about = (article.when.isoformat(), article.source, article.title)
            yield (kind, *about, why or ", ".join(words(article)), article.url)
