"""Queries for a shop's scheduled messages."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils import timezone

from messaging import message_extras
from messaging.host import host
from messaging.models import Conversation, File, Message, Side
from messaging.opening_hours.queries import hours_of
from trato.prepared import prepared

from .models import ScheduledMessage

OPENING_DAYS = 31  # how far ahead to look for an opening


def open_messages(conversation: Conversation) -> list[Any]:
    """Return a conversation's messages that are waiting or have failed, with files and quotes.

    Each has `shopper_wrote` (since it was scheduled) and `author_works_here`. Makes one query, two
    more if there are any messages, and another if any has a quote.
    """
    if not _any(conversation.pk):
        return []
    newer = Message.objects.filter(
        conversation_id=OuterRef("conversation_id"),
        side=Side.CONSUMER,
        sequence__gt=OuterRef("after_sequence"),
    )
    members = host.active_members().filter(
        shop_id=conversation.shop_id, user_id=OuterRef("author_id")
    )
    rows = shown(conversation.pk).annotate(
        shopper_wrote=Exists(newer), author_works_here=Exists(members)
    )
    files = Prefetch("files", File.objects.order_by("position"))
    rows = rows.select_related("author").prefetch_related(files)
    listed = list(rows.order_by("send_at", "pk"))
    quotes = message_extras.quotes_of(
        (row.conversation_id, row.quote) for row in listed if row.quote
    )
    for row in listed:
        row.quoted = quotes.get((row.conversation_id, row.quote or 0))
    return listed


@prepared
def _any(conversation_id: int) -> QuerySet[ScheduledMessage, int]:
    return shown(conversation_id).order_by().values_list("pk", flat=True)[:1]


def box(conversation: Conversation) -> dict[str, Any]:
    """Return the context of the list that a conversation's page shows."""
    rows = open_messages(conversation)
    failed = sum(row.has_failed for row in rows)
    return {
        "conversation": conversation,
        "rows": rows,
        "waiting": len(rows) - failed,
        "failed": failed,
        "opened": any(
            row.has_failed or not row.author_works_here or (row.only_if_quiet and row.shopper_wrote)
            for row in rows
        ),
    }


def shown(conversation_id: int) -> QuerySet[ScheduledMessage]:
    """Return a conversation's messages that are waiting or have failed."""
    # The states are part of the statement's text, so that PostgreSQL can use the partial index.
    return ScheduledMessage.objects.filter(
        conversation_id=conversation_id, state__in=ScheduledMessage.OPEN
    )


def offered_times(conversation: Conversation) -> dict[str, Any]:
    """Return the times that the menu beside Send offers, and the zone they are in."""
    return {
        "opening": next_opening(conversation, timezone.now()),
        "tomorrow": tomorrow_morning(),
        "zone": timezone.get_current_timezone_name(),
    }


def tomorrow_morning() -> datetime:
    """Return tomorrow at `SCHEDULED_MORNING_HOUR` in the reader's time zone."""
    day = timezone.localdate() + timedelta(days=1)
    local = datetime(day.year, day.month, day.day, settings.SCHEDULED_MORNING_HOUR)
    return local.replace(tzinfo=timezone.get_current_timezone())


def next_opening(conversation: Conversation, now: datetime) -> datetime | None:
    """Return when the shop next opens; None if it never closes, or never opens again."""
    schedule = hours_of(conversation).schedule
    hours = schedule.intervals(now, now + timedelta(days=OPENING_DAYS))
    return next((opens for opens, _closes in hours if opens > now), None)


def wrote_since(conversation: Conversation, sequence: int) -> bool:
    """Whether the shopper has written since a message."""
    later = conversation.messages.filter(side=Side.CONSUMER, sequence__gt=sequence)
    return later.exists()
