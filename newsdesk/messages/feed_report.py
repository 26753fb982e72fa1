"""The weekly mail to the operator: which feeds need a person, and what the others lost.

A report of a week is rendered once; the same report gives the same bytes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage

from newsdesk.errors import NewsdeskError
from newsdesk.feed_health import FeedHealth, FeedState, show_minute, show_number
from newsdesk.messages.body import templates
from newsdesk.messages.clean import clean, header_text, safe_link
from newsdesk.messages.compose import MAIL_POLICY, SIZE_LIMIT, Message, Sender, identifier, with_bodies
from newsdesk.model import FeedEventKind

RULE = "feed-report"  # names the list of these mails
_SIZES = ((60, 30), (30, 10), (10, 3))  # troubles, and incidents of a kind, that are shown; the rest is counted
_NAME_LENGTH, _TEXT_LENGTH = 120, 300


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedTrouble:
    """A feed that needs a person."""

    name: str
    url: str
    health: FeedHealth


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedIncident:
    """What happened to one feed in the week, alike things together."""

    name: str
    kind: FeedEventKind
    times: int
    detail: str  # of the last one
    missed: float = 0.0  # entries that came and went unseen, by estimate
    found: int = 0  # of these, by asking for older pages


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReport:
    """A week of all feeds."""

    since: datetime
    until: datetime
    states: Mapping[FeedState, int]
    troubles: tuple[FeedTrouble, ...]  # worst first
    incidents: tuple[FeedIncident, ...]

    @property
    def week(self) -> str:
        """As ISO 8601 writes it: `2026-W47`."""
        year, week, _ = self.until.astimezone(UTC).isocalendar()
        return f"{year}-W{week:02}"

    @property
    def key(self) -> str:
        """There is one mail with it, ever."""
        return f"{RULE} {self.week}"

    @property
    def watched(self) -> int:
        """Feeds of the watchlist."""
        return sum(self.states.values())


def render_feed_report(report: FeedReport, *, sender: Sender, recipient: str) -> Message:
    """The mail. NewsdeskError: `recipient` is no address."""
    subject = f"{headline(report)} ({report.week})"
    message_id = identifier("", sender, recipient, report.key)
    data = b""
    for size in _SIZES:
        mail = _headers(report, sender=sender, recipient=recipient)
        mail["Subject"] = header_text(subject)
        mail["Message-ID"] = message_id
        view = _lay_out(report, recipient, size)
        data = with_bodies(mail, _write(view, "txt"), _write(view, "html"))
        if len(data) <= SIZE_LIMIT:
            break
    return Message(message_id=message_id, subject=subject, sender=sender.address, recipient=recipient, data=data)


def _headers(report: FeedReport, *, sender: Sender, recipient: str) -> EmailMessage:
    mail = EmailMessage(policy=MAIL_POLICY)
    mail["From"] = Address(display_name=header_text(clean(sender.name, _NAME_LENGTH)), addr_spec=sender.address)
    try:
        mail["To"] = Address(addr_spec=recipient)
    except (ValueError, IndexError, MessageError) as error:
        raise NewsdeskError(f"NEWSDESK_REPORT_TO={recipient} is no address; write desk@paper.example") from error
    mail["Date"] = report.until
    mail["List-Id"] = f"<{RULE}.newsdesk.{sender.domain}>"  # RFC 2919: mail programs sort by it
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no holiday notices, please
    mail["X-Newsdesk-Rule"] = RULE
    return mail


def write_feed_report(report: FeedReport) -> str:
    """The report as plain text."""
    return _write(_lay_out(report, "", _SIZES[0]), "txt")


def _write(view: "_ReportView", form: str) -> str:
    return templates().get_template(f"feed_report.{form}").render(mail=view)


def headline(report: FeedReport) -> str:
    """What matters, in one line."""
    number, of = len(report.troubles), report.watched
    if not number:
        return "The feed is well" if of == 1 else f"All {of} feeds are well" if of else "No feeds are watched"
    return f"{number} of {of} feeds {'needs' if number == 1 else 'need'} a person"


# ------------------------------------------------------------------ laid out for the templates


@dataclass(frozen=True, slots=True, kw_only=True)
class _TroubleView:
    name: str
    link: str
    state: str
    since: str
    why: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Section:
    title: str
    note: str
    rows: tuple[tuple[str, str], ...]  # name of the feed, what happened
    left_out: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _ReportView:
    headline: str
    week: str
    period: str
    states: str
    comfort: str
    troubles: tuple[_TroubleView, ...]
    troubles_left_out: int
    sections: tuple[_Section, ...]
    address: str


_SECTIONS: Sequence[tuple[FeedEventKind, str, str]] = (
    (
        FeedEventKind.GAP,
        "Entries that came and went unseen",
        "Between two polls nothing of a feed's last document was left. Figures are estimates by its usual rate.",
    ),
    (FeedEventKind.LEFT_OUT, "Documents with more entries than are read", ""),
    (FeedEventKind.MOVED, "Moved", "Put the new address into the watchlist when it suits you."),
    (FeedEventKind.RETIRED, "Retired", "Their servers say that they are gone for good."),
    (FeedEventKind.GUID_MIGRATION, "New ids for old entries", "No alert came of them."),
    (FeedEventKind.PARSERS_DIFFER, "Kept off the fast parser", "It read these feeds otherwise than feedparser does."),
    (FeedEventKind.WEBSUB, "No longer pushed by a hub", "They are polled as before."),
)


def _lay_out(report: FeedReport, recipient: str, size: tuple[int, int]) -> _ReportView:
    shown = report.troubles[: size[0]]
    return _ReportView(
        headline=headline(report),
        week=report.week,
        period=f"{show_minute(report.since)} to {show_minute(report.until)} UTC",
        states=", ".join(f"{number} {state.value}" for state, number in report.states.items() if number),
        comfort=_comfort(report),
        troubles=tuple(_trouble(one) for one in shown),
        troubles_left_out=len(report.troubles) - len(shown),
        sections=tuple(_sections(report, size[1])),
        address=clean(recipient, _TEXT_LENGTH),
    )


def _comfort(report: FeedReport) -> str:
    """One line for a week in which nobody has to do anything; "" otherwise."""
    if report.troubles or not report.watched:
        return ""
    lost = any(one.kind is FeedEventKind.GAP and one.missed > one.found for one in report.incidents)
    return "Nobody has to do anything." + ("" if lost else " Every feed is read at its own rhythm, and no gap is open.")


def _trouble(trouble: FeedTrouble) -> _TroubleView:
    link, _ = safe_link(trouble.url) or ("", "")
    health = trouble.health
    return _TroubleView(
        name=clean(trouble.name, _NAME_LENGTH) or "(no name)",
        link=link,
        state=health.state.value,
        since=f"since {show_minute(health.since)}" if health.since else "",
        why=clean(health.why, _TEXT_LENGTH),
        remedy=clean(health.remedy, _TEXT_LENGTH),
    )


def _sections(report: FeedReport, limit: int) -> list[_Section]:
    found = []
    for kind, title, note in _SECTIONS:
        held = sorted((one for one in report.incidents if one.kind is kind), key=lambda one: (-one.missed, one.name))
        rows = tuple((clean(one.name, _NAME_LENGTH), _said(one)) for one in held[:limit])
        if rows:
            found.append(_Section(title=title, note=note, rows=rows, left_out=len(held) - len(rows)))
    return found


def _said(incident: FeedIncident) -> str:
    if incident.kind is not FeedEventKind.GAP:
        return clean(incident.detail, _TEXT_LENGTH)
    gaps = "1 gap" if incident.times == 1 else f"{incident.times} gaps"
    missed = f"about {show_number(incident.missed)} entries" if incident.missed else "how many entries is not known"
    found = f"; {incident.found} of them found on older pages" if incident.found else ""
    return f"{gaps}, {missed}{found}"
