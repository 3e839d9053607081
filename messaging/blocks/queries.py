"""Find the blocks of a person and their shops. `access.refusal_to_write` is where they count."""

from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery

from messaging.access import Scope
from messaging.host import Shop, host
from messaging.models import Block, Conversation, Side
from trato.pagination import Cursor, Page, PageRequest, ordered, page


def page_of(scope: Scope, wanted: PageRequest) -> Page[Any]:
    """Return a page of blocks by a person and their shops, newest first."""

    def read(start: PageRequest, limit: int) -> list[Any]:
        return list(ordered(blocks_of(scope), start, time="created_at")[:limit])

    size = settings.CONVERSATION_PAGE_SIZE
    return page(read, lambda row: Cursor(row.created_at, row.pk), wanted, size)


def blocks_of(scope: Scope) -> QuerySet[Any]:
    """Return blocks by a person and their shops.

    Each row has the `conversation_id` of the latest conversation between the two sides, in which
    the block can be undone.
    """
    own = Q(side=Side.CONSUMER, consumer_id=scope.user_id)
    of_shops = Q(side=Side.SELLER, shop_id__in=scope.shop_ids)
    between = Conversation.objects.filter(consumer=OuterRef("consumer"), shop=OuterRef("shop"))
    latest = between.order_by("-last_message_hour", "-pk").values("pk")[:1]
    rows = Block.objects.filter(own | of_shops).select_related("consumer", "shop", "by")
    return rows.annotate(conversation_id=Subquery(latest))


def shown(row: Any) -> dict[str, Any]:
    """Return what the page says about a block; only a shop's page says who did it."""
    is_own = row.side == Side.CONSUMER
    shop: Shop = row.shop
    return {
        "name": host.shop_name(shop) if is_own else host.display_name(row.consumer),
        "picture": host.shop_picture_url(shop) if is_own else host.person_picture_url(row.consumer),
        "shop": "" if is_own else host.shop_name(shop),
        "by": "" if is_own else host.display_name(row.by),
        "created_at": row.created_at,
        "conversation_id": row.conversation_id,
    }
