"""Remind the other side that somebody is waiting for its answer."""

import math
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from messaging import access, events
from messaging.host import host
from messaging.models import Conversation, Nudge, Participant, Side
from messaging.team.queries import alerted
from trato import rate_limits
from trato.clock import database_now
from trato.errors import Refused, when_shown
from trato.people import Person

from . import notices
from .frames import NudgeSent
from .queries import again_after

SAME_CLICK = timedelta(minutes=1)  # a request repeated within it isn't another reminder


@rate_limits.given_back_on_failure
@transaction.atomic
def send(actor: Person, conversation_id: int) -> Nudge:
    """Send the other side a reminder: a notice and a line on the page, but no message.

    The turn, the figures, unread messages and the revision stay as they are. People who have muted
    or archived the conversation get no notice.

    Returns:
        The reminder; the earlier one if the actor sent it within `SAME_CLICK`.

    Raises:
        Http404: the conversation doesn't exist, or the actor doesn't take part in it.
        Refused: `forbidden` if it has ended, the actor has archived it, it isn't the other side's
            turn, the actor's side hasn't waited long enough, or the other side can't be reached;
            `rate_limited` if the side has recently sent a reminder, or the actor too many
            elsewhere.
    """
    conversation = access.conversation_for(actor, conversation_id, lock=True)
    side, now = conversation.side_of(actor.pk), database_now()
    earlier = Nudge.objects.filter(conversation=conversation, side=side).first()
    if earlier and earlier.sender_id == actor.pk and now - earlier.sent_at < SAME_CLICK:
        return earlier
    access.require_writable(conversation, actor.pk)
    _require_waiting(conversation, side, now)
    states = {row.user_id: row for row in Participant.objects.filter(conversation=conversation)}
    if _is_archived(conversation, states.get(actor.pk)):
        text = _("You've archived this conversation. Bring it back to the inbox first.")
        raise Refused("forbidden", text)
    if earlier and now - earlier.sent_at < again_after():
        raise _too_soon(earlier, now)
    recipients = _recipients(conversation, side)
    rate_limits.hit("NUDGES_PER_HOUR", actor.pk)
    values = {"sender_id": actor.pk, "sent_at": now, "is_open": True}
    row, _created = Nudge.objects.update_or_create(
        conversation=conversation, side=side, defaults=values
    )
    mine = {pk: states.get(pk) for pk in recipients}
    reached = [
        pk
        for pk, state in mine.items()
        if not _is_archived(conversation, state) and not (state and state.muted_at)
    ]
    notices.notify(conversation, side, reached)
    events.send_to_both(conversation, NudgeSent.of(row))
    return row


def mark_read(actor: Person, conversation_id: int) -> None:
    """Mark the notice of a reminder as read, because the actor has opened the conversation.

    Raises:
        Http404: the conversation doesn't exist, or the actor doesn't take part in it.
    """
    access.conversation_for(actor, conversation_id)
    notices.mark_read(actor, conversation_id)


def _require_waiting(conversation: Conversation, side: Side, now: datetime) -> None:
    since = conversation.waiting_since
    if conversation.turn != side.other or since is None:
        raise Refused("forbidden", _("You're not waiting for an answer here."))
    if now - since < timedelta(hours=settings.NUDGE_AFTER_HOURS):
        raise Refused("forbidden", when_shown(_wait_first))


def _recipients(conversation: Conversation, side: Side) -> list[int]:
    """Return the people to notify.

    Raises:
        Refused: the other side can't be reached, for any reason.
    """
    is_there: bool
    if side is Side.SELLER:
        recipients, is_there = [conversation.consumer_id], conversation.consumer.is_active
    else:
        recipients = alerted(conversation)  # maybe nobody, by their own choice
        is_there = bool(recipients) or bool(host.members_of(conversation.shop_id))
    if not is_there:
        raise Refused("forbidden", _("Nobody can be reminded here at the moment."))
    return recipients


def _is_archived(conversation: Conversation, state: Participant | None) -> bool:
    archived = state.archived_sequence if state else None
    return archived is not None and archived >= conversation.last_sequence


def _too_soon(earlier: Nudge, now: datetime) -> Refused:
    seconds = math.ceil((earlier.sent_at + again_after() - now).total_seconds())
    hours = math.ceil(seconds / 3600)
    return Refused("rate_limited", when_shown(lambda: _wait_again(hours)), retry_after=seconds)


def _wait_again(hours: int) -> str:
    return ngettext(
        "A reminder has already been sent. You can send another one in %(count)s hour.",
        "A reminder has already been sent. You can send another one in %(count)s hours.",
        hours,
    ) % {"count": hours}


def _wait_first() -> str:
    hours = settings.NUDGE_AFTER_HOURS
    return ngettext(
        "You can send a reminder once you've waited for %(count)s hour.",
        "You can send a reminder once you've waited for %(count)s hours.",
        hours,
    ) % {"count": hours}
