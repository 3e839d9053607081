"""Attempts, and the statement that stores them."""

import asyncio
import uuid
from collections.abc import Sequence
from typing import Any

from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Shop
from messaging.factories import ConversationFactory
from messaging.models import Conversation
from messaging.records import Attempt
from messaging.sending.postgresql import PostgresStore


def conversations(shopper: User, shop: Shop, number: int = 2) -> list[Conversation]:
    return [
        ConversationFactory(consumer=shopper, product=ProductFactory(shop=shop))
        for _ in range(number)
    ]


def attempt(
    person: User,
    conversation: Conversation,
    client_id: uuid.UUID,
    body: str,
    *,
    is_automatic: bool = False,
    quote: int | None = None,
    **rest: Any,
) -> Attempt:
    """Return an attempt; `rest` are other fields of its content."""
    return Attempt(
        sender=person,
        conversation_id=conversation.pk,
        client_id=client_id,
        body=body,
        is_automatic=is_automatic,
        quote=quote,
        sender_name=conversation.shop_name if is_automatic else "",
        **rest,
    )


def stored(attempts: Sequence[Attempt]) -> list[Any]:
    async def run() -> list[Any]:
        store = PostgresStore()
        try:
            return await store.store(attempts)
        finally:
            store.close()

    return asyncio.run(run())
