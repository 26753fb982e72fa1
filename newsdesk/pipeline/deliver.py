"""deliver: each notification is rendered once into the outbox, whose bytes are handed over until they are taken."""

from contextlib import ExitStack, closing

from newsdesk.errors import DeliveryError
from newsdesk.ledger import Connection, Lease, alerts
from newsdesk.ledger.alerts import Mail
from newsdesk.ledger.reports import OPERATOR
from newsdesk.mail import Mailer
from newsdesk.messages import Message, parse_sender, render
from newsdesk.model import Counts, Done, Dropped, Notification, Outcome, Quarantined, Reason
from newsdesk.pipeline.step import Step, Tally, drain, retry
from newsdesk.services import Services


def deliver(services: Services, *, limit: int | None = None) -> Counts:
    """Render what is due, then hand over what waits in the outbox. The counts are those of the mails."""
    rendered = _render_due(services, limit)
    sent = _send_due(services, limit)
    troubles = {f"render {name}": number for name, number in rendered.outcomes.items() if name != "done"}
    return Counts(step="deliver", outcomes={**troubles, **sent.outcomes}, produced=rendered.produced)


def _render_due(services: Services, limit: int | None) -> Counts:
    tally = Tally("render")
    watchlist = services.watchlist
    topics = {topic.id: topic for topic in watchlist.topics}
    rules = {rule.id: rule for rule in watchlist.rules}
    sender = parse_sender(services.settings.mail_from)
    channel = services.settings.mail_address.partition(":")[0]

    def claim(connection: Connection, size: int) -> list[tuple[Lease, Notification]]:
        return alerts.claim_notifications(connection, services.claim_terms(size))

    def work(notification: Notification) -> tuple[Outcome, Mail | None]:
        reader, rule = watchlist.reader(notification.reader), rules.get(notification.rule)
        if reader is None or rule is None:
            return Dropped(reason=Reason.NO_READER, detail="the watchlist no longer names this reader or rule"), None
        message = render(
            notification, reader=reader, rule=rule, topics=topics, sender=sender, now=notification.created_at
        )
        return Done(), _mail(notification, message)

    def record(
        connection: Connection, claimed: tuple[Lease, Notification], outcome: Outcome, mail: Mail | None
    ) -> bool:
        held = alerts.record_rendering(
            connection, claimed[0], outcome, mail=mail, channel=channel, now=services.clock()
        )
        tally.produced += held and mail is not None
        return held

    return drain(services, tally, Step(claim=claim, work=work, record=record), limit=limit)


def _mail(notification: Notification, message: Message) -> Mail:
    return Mail(
        id=notification.id,
        reader=notification.reader,
        message_id=message.message_id,
        sender=message.sender,
        recipient=message.recipient,
        subject=message.subject,
        data=message.data,
    )


def _send_due(services: Services, limit: int | None) -> Counts:
    tally = Tally("deliver")
    with ExitStack() as stack:
        mailers: list[Mailer] = []  # opened with the first mail: an empty outbox asks no server
        down: list[DeliveryError] = []

        def claim(connection: Connection, size: int) -> list[tuple[Lease, tuple[Mail, int]]]:
            claimed = alerts.claim_mails(connection, services.claim_terms(size))
            return [(lease, (mail, lease.attempts)) for lease, mail in claimed]

        def work(row: tuple[Mail, int]) -> tuple[Outcome, None]:
            mail, attempts = row
            if mail.reader != OPERATOR and services.watchlist.reader(mail.reader) is None:
                return Dropped(reason=Reason.NO_READER, detail="the watchlist no longer names this reader"), None
            if down:  # the relay is down for all: nobody else is made to wait for its time-out
                return _failure(services, down[0], attempts), None
            try:
                if not mailers:
                    mailers.append(stack.enter_context(closing(services.open_mailer())))
                mailers[0].deliver(_message(mail))
            except DeliveryError as error:
                if error.relay_down:
                    down.append(error)
                return _failure(services, error, attempts), None
            return Done(), None

        def record(
            connection: Connection, claimed: tuple[Lease, tuple[Mail, int]], outcome: Outcome, _product: None
        ) -> bool:
            sent_at = services.clock() if isinstance(outcome, Done) else None
            return alerts.record_delivery(connection, claimed[0], outcome, sent_at=sent_at)

        return drain(services, tally, Step(claim=claim, work=work, record=record, singly=True), limit=limit)


def _message(mail: Mail) -> Message:
    return Message(
        message_id=mail.message_id, subject=mail.subject, sender=mail.sender, recipient=mail.recipient, data=mail.data
    )


def _failure(services: Services, error: DeliveryError, attempts: int) -> Outcome:
    if error.permanent:
        return Quarantined(reason=Reason.MAIL_REFUSED, detail=str(error))
    if error.relay_down:
        spooled = services.settings.mail_address.startswith("spool:")
        reason = Reason.SPOOL_FAILED if spooled else Reason.RELAY_DOWN
        return retry(services, attempts=attempts, reason=reason, detail=str(error), counts=False)
    reason = Reason.MAIL_AMBIGUOUS if error.ambiguous else Reason.MAIL_DEFERRED
    return retry(services, attempts=attempts, reason=reason, detail=str(error))
