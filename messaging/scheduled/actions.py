"""Schedule a message, change it, cancel it, or send it immediately. For the seller side only."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from messaging.access import (
    lock_writer,
    require_not_muted,
    require_writable,
    team_conversation_for,
)
from messaging.body import clean_body
from messaging.files import actions as attachments
from messaging.models import Conversation, ScheduledMessage
from messaging.records import Held, Sent, not_quotable
from messaging.team import events
from messaging.team.frames import ScheduledChanged
from trato import rate_limits
from trato.clock import database_now
from trato.errors import Refused, conflict, when_shown
from trato.people import Person

from . import queries
from .delivery import State, deliver, note


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A message to schedule, and its time.

    Attributes:
        body: may be empty if there are files.
        only_if_quiet: don't send it if the shopper writes first.
        is_at_opening: whether it waits longer if the shop turns out to be closed at that time.
        seen: the sequence of the last message that the actor has seen. If the shopper writes after
            it, the shopper "writes first". By default, the conversation's last message.
        files: IDs of files that the actor has uploaded to the conversation. They are kept until the
            message is sent or cancelled.
        quote: the sequence of the message that it quotes; `change` ignores it.
    """

    body: str
    send_at: datetime
    only_if_quiet: bool
    is_at_opening: bool = False
    seen: int | None = None
    files: Sequence[int] = ()
    quote: int | None = None


class Stale(Refused):
    """Somebody has changed the row since the page was loaded; `row` has its current values."""

    def __init__(self, row: ScheduledMessage) -> None:
        texts = {
            State.SENT: _("This message has already been sent."),
            State.CANCELLED: _("A colleague has since cancelled this message."),
        }
        changed = _(
            "A colleague has changed this message in the meantime. Compare, and save again."
        )
        super().__init__("conflict", texts.get(State(row.state), changed))
        self.row = row


@rate_limits.given_back_on_failure
@transaction.atomic
def schedule(
    actor: Person, conversation_id: int, client_id: uuid.UUID, plan: Plan
) -> ScheduledMessage:
    """Schedule a message to be sent later. A repeated `client_id` returns the first row.

    Raises:
        Http404: see `team_conversation_for`.
        Refused: `invalid` or `too_long` for the text, `invalid` for the time or the quote,
            `conflict` if the `client_id` was used for other content or another time, `rate_limited`
            if too many are waiting or were recently written, `forbidden` if the conversation has
            ended, `not_found` for a missing file.
    """
    lock_writer(actor)  # and the conversation, so that concurrent calls are counted in turn
    conversation = team_conversation_for(actor, conversation_id, lock=True)
    require_writable(conversation, actor.pk)
    body = _clean(plan)
    same = ScheduledMessage.objects.filter(
        conversation=conversation, author_id=actor.pk, client_id=client_id
    )
    if earlier := same.first():
        return _repeated(earlier, plan, body)
    _check_time(plan.send_at)
    if plan.quote is not None and not 0 < plan.quote <= conversation.last_sequence:
        raise not_quotable()
    _check_limits(actor, conversation)
    rate_limits.hit("SCHEDULED_PER_HOUR", actor.pk)
    row = ScheduledMessage.objects.create(
        conversation=conversation,
        author_id=actor.pk,
        client_id=client_id,
        body=body,
        send_at=plan.send_at,
        only_if_quiet=plan.only_if_quiet,
        is_at_opening=plan.is_at_opening,
        after_sequence=_seen(conversation, plan.seen),
        quote=plan.quote,
        changed_by_id=actor.pk,
    )
    attachments.schedule(row, plan.files, actor)
    events.send(conversation, ScheduledChanged(conversation.pk))
    return row


@transaction.atomic
def change(
    actor: Person, conversation_id: int, pk: int, revision: int, plan: Plan
) -> ScheduledMessage:
    """Change a message that is waiting or has failed. Afterwards it is waiting.

    An actor who changes the text becomes the author, because the message is sent in the author's
    name. So does an actor who changes anything after the author has lost access. The quote stays
    the same. A message for opening time stays one unless its time is changed.

    Args:
        revision: the row's revision when the actor loaded it.
        plan: its `files` are all files that the message will have, old and new.

    Raises:
        Http404: see `team_conversation_for`, or there is no such message.
        Stale: it was sent, cancelled or changed meanwhile.
        Refused: see `schedule`.
    """
    row = _row(actor, conversation_id, pk)
    if row.state not in ScheduledMessage.OPEN or row.revision != revision:
        raise Stale(row)
    require_writable(row.conversation, actor.pk)
    body = _clean(plan)
    _check_time(plan.send_at)
    if row.author_id != actor.pk and (body != row.body or not _may_write(row)):
        row.author_id = actor.pk
        row.client_id = uuid.uuid4()
    row.is_at_opening = plan.is_at_opening or (row.is_at_opening and row.send_at == plan.send_at)
    row.body, row.send_at, row.only_if_quiet = body, plan.send_at, plan.only_if_quiet
    row.after_sequence = _seen(row.conversation, plan.seen)
    row.failure = ""
    note(row, State.WAITING, actor)
    attachments.schedule(row, plan.files, actor)
    return row


@transaction.atomic
def cancel(actor: Person, conversation_id: int, pk: int) -> None:
    """Cancel a message that is waiting or has failed, and delete its files.

    Do nothing if it is already cancelled.

    Raises:
        Http404: see `team_conversation_for`, or there is no such message.
        Stale: it has been sent meanwhile.
    """
    row = _row(actor, conversation_id, pk)
    if row.state == State.SENT:
        raise Stale(row)
    if row.state != State.CANCELLED:
        row.client_id = uuid.uuid4()  # sending its form again makes another message
        note(row, State.CANCELLED, actor)
        attachments.schedule(row, (), actor)


@rate_limits.given_back_on_failure
@transaction.atomic
def send_now(actor: Person, conversation_id: int, pk: int) -> Sent | Held | None:
    """Send a message immediately, in its author's name. Do nothing if it has been sent.

    Raises:
        Http404: see `team_conversation_for`, or there is no such message.
        Stale: it has been cancelled meanwhile.
        Refused: it can't be sent, see `delivery.deliver`, or `forbidden` for a muted actor; the row
            stays as it is.
    """
    row = _row(actor, conversation_id, pk)
    require_not_muted(actor.pk)
    if row.state == State.SENT:
        return None
    if row.state == State.CANCELLED:
        raise Stale(row)
    return deliver(row, by=actor)


def _row(actor: Person, conversation_id: int, pk: int) -> ScheduledMessage:
    """Return a row of a conversation, locked."""
    conversation = team_conversation_for(actor, conversation_id)
    rows = ScheduledMessage.objects.select_for_update().filter(conversation=conversation, pk=pk)
    row = rows.first()
    if row is None:
        raise Http404("no such scheduled message")
    row.conversation = conversation
    return row


def _clean(plan: Plan) -> str:
    return "" if plan.files and not plan.body.strip() else clean_body(plan.body)


def _repeated(row: ScheduledMessage, plan: Plan, body: str) -> ScheduledMessage:
    """Return the row stored earlier under a `client_id`, or raise `conflict` if it differs."""
    asked = body, plan.quote, plan.send_at, plan.only_if_quiet
    if (row.body, row.quote, row.send_at, row.only_if_quiet) != asked or not _has(row, plan.files):
        raise conflict()
    return row


def _has(row: ScheduledMessage, files: Sequence[int]) -> bool:
    """Whether a row has these files. A sent or cancelled row has lost its files: assume so."""
    if row.state not in ScheduledMessage.OPEN:
        return True
    return list(row.files.order_by("position").values_list("pk", flat=True)) == list(files)


def _seen(conversation: Conversation, seen: int | None) -> int:
    last = conversation.last_sequence
    return last if seen is None else min(seen, last)


def _may_write(row: ScheduledMessage) -> bool:
    try:
        return team_conversation_for(row.author, row.conversation_id) is not None
    except Http404:
        return False


def _check_time(send_at: datetime) -> None:
    now = database_now()
    if send_at <= now:
        raise Refused("invalid", _("That time has passed. Choose a later one."))
    if send_at > now + timedelta(days=settings.SCHEDULED_MAX_DAYS):
        raise Refused("invalid", when_shown(_too_far))


def _too_far() -> str:
    days = settings.SCHEDULED_MAX_DAYS
    text = ngettext(
        "Choose a time within the next %(days)s day.",
        "Choose a time within the next %(days)s days.",
        days,
    )
    return text % {"days": days}


def _check_limits(actor: Person, conversation: Conversation) -> None:
    if queries.shown(conversation.pk).count() >= settings.SCHEDULED_PER_CONVERSATION:
        text = _("Too many messages are scheduled in this conversation. Cancel one first.")
        raise Refused("rate_limited", text)
    own = ScheduledMessage.objects.filter(author_id=actor.pk, state=State.WAITING)
    if own.count() >= settings.SCHEDULED_PER_PERSON:
        text = _("You've scheduled too many messages. Cancel one first.")
        raise Refused("rate_limited", text)
