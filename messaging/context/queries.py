"""Find a shopper's other conversations with the same shop."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from messaging.models import Conversation
from trato.prepared import prepared


@dataclass(frozen=True)
class Others:
    """A shopper's newest other conversations with a shop.

    Args:
        has_more: whether there are more than these.
    """

    rows: list[Conversation]
    has_more: bool


def others_of(conversation: Conversation) -> Others:
    """Return the shopper's other conversations with this shop only, newest first.

    The caller must have got the conversation from `access`, on its seller side. Makes one query.
    """
    size = settings.CONTEXT_CONVERSATIONS_MAX
    ids = conversation.consumer_id, conversation.shop_id, conversation.pk
    rows = _others(*ids, limit=size + 1)
    return Others(rows[:size], has_more=len(rows) > size)


@prepared
def _others(
    consumer_id: int, shop_id: int, conversation_id: int, *, limit: int
) -> QuerySet[Conversation]:
    rows = Conversation.objects.filter(
        consumer_id=consumer_id, shop_id=shop_id, last_message_hour__isnull=False
    )
    columns = "product_title", "turn", "waiting_since", "last_message_at", "last_sequence"
    # By hour first, like the index of the shopper's conversations.
    in_order = rows.order_by("-last_message_hour", "-last_message_at", "-pk").only(*columns)
    return in_order.exclude(pk=conversation_id)[:limit]
