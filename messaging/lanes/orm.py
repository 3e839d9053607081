"""Store turns, lanes and counts with the ORM, under the conversations' locks.

`sql` does the same for a batch of messages.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable

from django.db import transaction

from messaging.models import Conversation, Lane, LaneCount, Message, hour_of
from messaging.sides import Side

from .models import COLUMNS
from .turns import Turn, after_message

Change = tuple[
    int, str | None, str
]  # a shop, the lane that a conversation leaves, the one it joins


def say(conversation: Conversation, message: Message) -> None:
    """Update a conversation for its next message; the caller raises its counters and saves it.

    Changes `turn`, `waiting_since`, `last_message_at` and `last_message_hour`. An automatic message
    doesn't change the turn.
    """
    left = conversation.turn if conversation.last_sequence else None
    turn = Turn(conversation.turn, conversation.waiting_since)
    before, hour = (turn, conversation.last_message_hour), hour_of(message.created_at)
    if not message.is_automatic:
        turn = after_message(turn, Side(message.side), message.created_at)
    conversation.turn, conversation.waiting_since = turn.side, turn.since
    conversation.last_message_at, conversation.last_message_hour = message.created_at, hour
    if before != (turn, hour):
        enter([conversation])
    if left != turn.side:
        count([(conversation.shop_id, left, turn.side)])


def enter(conversations: Iterable[Conversation]) -> None:
    """Put conversations with messages into the lanes of their turns and hours."""
    Lane.objects.bulk_create(
        [
            Lane(
                conversation_id=row.pk,
                shop_id=row.shop_id,
                turn=row.turn,
                waiting_since=row.waiting_since,
                hour=row.last_message_hour,
            )
            for row in conversations
            if row.last_message_hour
        ],
        batch_size=500,
        update_conflicts=True,
        unique_fields=["conversation"],
        update_fields=["turn", "waiting_since", "hour"],
    )


@transaction.atomic
def count(changes: Iterable[Change]) -> None:
    """Count conversations that changed lanes, in shares that nobody else has locked."""
    shops: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for shop_id, left, joined in changes:
        shops[shop_id][COLUMNS[joined]] += 1
        if left is not None:
            shops[shop_id][COLUMNS[left]] -= 1
    for shop_id, numbers in shops.items():
        free = LaneCount.objects.filter(shop_id=shop_id, slot=None).order_by()
        share = free.select_for_update(skip_locked=True, no_key=True).first()
        share = share or LaneCount(shop_id=shop_id)
        for name, number in numbers.items():
            setattr(share, name, getattr(share, name) + number)
        share.save()


@transaction.atomic
def rebuild(shop_ids: Collection[int]) -> None:
    """Fill the lanes and counts of shops whose conversations were stored without them."""
    Lane.objects.filter(shop_id__in=shop_ids).delete()
    LaneCount.objects.filter(shop_id__in=shop_ids).delete()
    rows = Conversation.objects.filter(shop_id__in=shop_ids, last_sequence__gt=0)
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for row in rows.only("shop_id", "turn", "waiting_since", "last_message_hour").order_by("pk"):
        counts[row.shop_id][COLUMNS[row.turn]] += 1
    enter(rows)
    LaneCount.objects.bulk_create(
        LaneCount(shop_id=shop_id, **numbers) for shop_id, numbers in counts.items()
    )
