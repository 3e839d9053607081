"""Send scheduled messages that are due: each exactly once, whichever process comes first."""

import uuid
from datetime import datetime

import structlog
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from messaging import access, pipeline
from messaging.due.claims import claimed
from messaging.models import ScheduledMessage, Side
from messaging.opening_hours.queries import schedule_of
from messaging.records import Attempt, Held, Sent
from messaging.sending import orm
from messaging.team import events
from messaging.team.frames import ScheduledChanged
from trato.clock import database_now
from trato.errors import Refused
from trato.people import Person
from trato.prepared import prepared
from trato.realtime.lock_waits import locked_if_refused, short_lock_waits
from trato.realtime.statements import Locked

from . import queries

log = structlog.get_logger("messaging.scheduled")

Failure = ScheduledMessage.Failure
State = ScheduledMessage.State

FAILURES = {"not_found": Failure.FILE, "blocked": Failure.BLOCKED}  # by refusal code

DUE_MAX = 100  # messages per call


class NotSent(Refused):
    """A message that can't be sent as it is; the team sees why."""

    def __init__(self, failure: Failure) -> None:
        texts = {
            Failure.AUTHOR: _("The author can't write here any more. Edit it to send it as yours."),
        }
        super().__init__("forbidden", texts.get(failure, failure.label))
        self.failure = failure


def due(limit: int = DUE_MAX) -> int:
    """Send the messages that are due, each in a separate transaction.

    A message that can't be sent is marked as failed. If the database refuses to store it, or
    another transaction holds a lock, the next call retries it.

    Returns:
        How many messages were sent, failed, or wait for the shop to open.
    """
    if not _waiting():
        return 0
    seen: set[int] = set()
    count = 0
    while len(seen) < limit:
        before = len(seen)
        try:
            with short_lock_waits(), locked_if_refused():
                if not _deliver_next(seen):
                    break
            count += 1
        except Locked:
            if len(seen) == before:
                break
        except Exception:
            if len(seen) == before:
                raise  # the database is down
            log.exception("scheduled_message_failed", count=len(seen))
    return count


@prepared
def _waiting() -> QuerySet[ScheduledMessage, int]:
    """Check whether any message is waiting. One rarely is, and a claim takes four statements."""
    rows = ScheduledMessage.objects.filter(state=State.WAITING).order_by()
    return rows.values_list("pk", flat=True)[:1]


@transaction.atomic
def _deliver_next(seen: set[int]) -> bool:
    now = database_now()
    waiting = ScheduledMessage.objects.filter(state=State.WAITING, send_at__lte=now)
    claims = claimed(waiting.exclude(pk__in=seen).order_by("send_at", "pk"), 1)
    if not claims:
        return False
    [row] = claims
    seen.add(row.pk)
    if row.is_at_opening and (opening := _later_opening(row, now)):
        row.send_at = opening
        note(row, State.WAITING, None)
        return True
    try:
        with transaction.atomic():
            deliver(row)
    except NotSent as reason:
        _fail(row, reason.failure)
    except Refused as refusal:
        failure = Failure.QUESTIONED if refusal.shield else Failure.REFUSED
        _fail(row, FAILURES.get(refusal.code, failure))
    return True


def _later_opening(row: ScheduledMessage, now: datetime) -> datetime | None:
    """Return when the shop opens, if its hours were changed and it is closed now."""
    schedule = schedule_of(row.conversation.shop_id)
    return None if schedule.is_open(now) else schedule.next_opening(now)


def deliver(row: ScheduledMessage, by: Person | None = None) -> Sent | Held:
    """Send a message and mark it as sent, in one transaction. The caller has locked its row.

    Args:
        by: the team member who sends it now, even if the shopper wrote first. None if it is due.

    Raises:
        NotSent: see its `failure`.
        Refused: a check's refusal.
    """
    author = row.author
    try:
        conversation = access.conversation_for(author, row.conversation_id, lock=True)
    except Http404 as error:
        raise NotSent(Failure.AUTHOR) from error
    if conversation.side_of(author.pk) is not Side.SELLER:
        raise NotSent(Failure.AUTHOR)
    if conversation.ended_at is not None:
        raise NotSent(Failure.ENDED)
    if row.only_if_quiet and by is None and queries.wrote_since(conversation, row.after_sequence):
        raise NotSent(Failure.WROTE_FIRST)
    attempt = Attempt(
        sender=author,
        conversation_id=conversation.pk,
        # Random, like that of any message, because the shopper sees it. The row's state ensures
        # that there is only one message.
        client_id=uuid.uuid4(),
        body=row.body,
        files=list(row.files.order_by("position").values_list("pk", flat=True)),
        scheduled=row.pk,
        quote=row.quote,
    )
    # Messages that go out to many shoppers in the morning must not use up the author's rate limit.
    # `SCHEDULED_PER_PERSON` limits them instead.
    pipeline.check(attempt, is_limited=by is not None)
    sent = orm.store_one(attempt)
    note(row, State.SENT, by)
    if isinstance(sent, Sent):  # otherwise staff review it first, and its author sees that
        stored = sent
        transaction.on_commit(lambda: pipeline.announce([stored]))
    return sent


def note(row: ScheduledMessage, state: State, by: Person | None) -> None:
    """Store a new state of a row, and announce it to the team on commit."""
    row.state = state
    row.revision += 1
    row.changed_by_id = by.pk if by else row.changed_by_id
    row.changed_at = database_now()
    row.save()
    events.send(row.conversation, ScheduledChanged(row.conversation_id))


def _fail(row: ScheduledMessage, failure: Failure) -> None:
    row.failure = failure
    note(row, State.FAILED, None)
