"""Find the reminders that still hold, and whether another one may be sent now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from messaging.models import Conversation, Message, Nudge, Side
from trato.prepared import prepared


def holding(conversation: Conversation, messages: Iterable[Message] = ()) -> dict[str, datetime]:
    """Return the time of the reminder to the side whose turn it is, by the sender's side.

    Empty once that side has answered. Takes a query only if that side has kept the other waiting.

    Args:
        messages: the messages shown with it, read after the conversation. If one is newer than the
            conversation, it may have ended the reminder, so the conversation is read again.
    """
    if not _has_waited(conversation):
        return {}
    if any(message.sequence > conversation.last_sequence for message in messages):
        now = Conversation.objects.only("turn", "waiting_since").get(pk=conversation.pk)
        return holding(now)
    sender = Side(conversation.turn).other
    since = conversation.waiting_since
    return dict(_sent(conversation.pk, sender.value, since))  # type: ignore[arg-type]  # it waits


@prepared
def _sent(
    conversation_id: int, side: str, since: datetime
) -> QuerySet[Nudge, tuple[str, datetime]]:
    rows = Nudge.objects.filter(conversation_id=conversation_id, side=side, sent_at__gte=since)
    return rows.values_list("side", "sent_at")


@dataclass(frozen=True)
class Panel:
    """The part of a conversation's page about reminders.

    Args:
        received, sent: when the side got or sent the reminder that holds.
        is_possible: whether the page offers to send one; `actions.send` decides.
    """

    received: datetime | None = None
    sent: datetime | None = None
    is_possible: bool = False


def panel(conversation: Conversation, side: Side) -> Panel:
    """Return what a side's page shows. Takes a query only if an answer is late."""
    is_over = conversation.ended_at is not None or conversation.is_blocked_by(side)
    if is_over or not _has_waited(conversation):
        return Panel()
    sent_at = next(iter(holding(conversation).values()), None)
    if conversation.turn == side:
        return Panel(received=sent_at)
    is_due = sent_at is None or sent_at <= timezone.now() - again_after()
    return Panel(sent=sent_at, is_possible=is_due)


def again_after() -> timedelta:
    """Return how long a side has to wait between two reminders."""
    return timedelta(hours=settings.NUDGE_AGAIN_HOURS)


def _has_waited(conversation: Conversation) -> bool:
    since = conversation.waiting_since
    after = timedelta(hours=settings.NUDGE_AFTER_HOURS)
    return bool(conversation.turn) and since is not None and since <= timezone.now() - after
