"""Block and unblock. Both are safe to repeat."""

from django.db import transaction

from messaging import access, events, queries
from messaging.models import Block, Conversation, ReadBefore
from trato import rate_limits
from trato.clock import database_now
from trato.people import Person, lock_person


@rate_limits.given_back_on_failure
@transaction.atomic
def block(actor: Person, conversation_id: int) -> bool:
    """Block the other side of a conversation for the actor's side: the shop, or the shopper.

    The block covers all conversations between the two. Once it is committed, nothing that either of
    them writes is stored. The other side is not told.

    Returns:
        Whether the block is new.

    Raises:
        Http404: the conversation doesn't exist, or the actor doesn't take part in it.
        Refused: `rate_limited` after too many changes.
    """
    conversation = _locked(actor, conversation_id)
    _row, is_new = Block.objects.get_or_create(
        consumer_id=conversation.consumer_id,
        shop_id=conversation.shop_id,
        side=conversation.side_of(actor.pk),
        defaults={"by_id": actor.pk, "created_at": database_now()},
    )
    if is_new:
        rate_limits.hit("BLOCKS_PER_HOUR", actor.pk)
        _spread(conversation)
    return is_new


@rate_limits.given_back_on_failure
@transaction.atomic
def unblock(actor: Person, conversation_id: int) -> bool:
    """Remove a block by the actor's side. A block by the other side stays.

    Returns:
        Whether there was a block.

    Raises:
        Http404: the conversation doesn't exist, or the actor doesn't take part in it.
        Refused: `rate_limited` after too many changes.
    """
    conversation = _locked(actor, conversation_id)
    rows = Block.objects.filter(
        consumer_id=conversation.consumer_id,
        shop_id=conversation.shop_id,
        side=conversation.side_of(actor.pk),
    )
    was_there = rows.delete()[0] > 0
    if was_there:
        rate_limits.hit("BLOCKS_PER_HOUR", actor.pk)
        _spread(conversation)
    return was_there


def _locked(actor: Person, conversation_id: int) -> Conversation:
    """Lock a conversation's shopper, as `start_conversation` does; return the conversation."""
    conversation = access.conversation_for(actor, conversation_id)
    lock_person(conversation.consumer_id)
    return conversation


def _spread(conversation: Conversation) -> None:
    """Copy the blocks between two sides to all their conversations, and announce it on commit."""
    consumer_id, shop_id = conversation.consumer_id, conversation.shop_id
    blocked_by = access.blocked_by_of(consumer_id, shop_id)
    between = Conversation.objects.filter(consumer_id=consumer_id, shop_id=shop_id)
    rows = list(between.select_for_update(no_key=True).order_by("pk"))
    fresh = [row for row in rows if not row.blocked_by]
    ReadBefore.objects.bulk_create(
        [ReadBefore(conversation=row, **queries.furthest_read(row)) for row in fresh]
        if blocked_by
        else []
    )
    if not blocked_by:
        ReadBefore.objects.filter(conversation__in=rows).delete()
    between.update(blocked_by=blocked_by)
    events.block_changed(consumer_id, shop_id, [row.pk for row in rows], blocked_by)
