"""Shoppers, shops, conversations and what was said in them."""

import uuid
from typing import Any

from django.utils import timezone

from accounts.models import User
from benchmarks.people import HISTORY, sessions_of
from catalog.models import Shop, ShopMember
from messaging.models import Conversation, Message, Side, hour_of
from notifications.models import News, Notification


def fill(pairs: int) -> list[dict[str, Any]]:
    """Make them; gives each conversation with the sessions of its shopper and its seller."""
    shoppers, sellers = people("Shopper", pairs), people("Seller", pairs)
    shops = Shop.objects.bulk_create(
        Shop(name=f"Shop {number}", slug=f"shop-{number}") for number in range(pairs)
    )
    ShopMember.objects.bulk_create(
        ShopMember(shop=shop, user=seller, role=ShopMember.Role.OWNER)
        for shop, seller in zip(shops, sellers, strict=True)
    )
    conversations = Conversation.objects.bulk_create(
        Conversation(consumer=shopper, shop=shop, last_sequence=HISTORY, revision=HISTORY)
        for shopper, shop in zip(shoppers, shops, strict=True)
    )
    talk(list(zip(conversations, shoppers, sellers, strict=True)))
    keys = zip(sessions_of(shoppers), sessions_of(sellers), strict=True)
    return [
        {"conversation": conversation.pk, "cookies": pair}
        for conversation, pair in zip(conversations, keys, strict=True)
    ]


def people(name: str, count: int) -> list[User]:
    role = User.Role.SELLER if name == "Seller" else User.Role.CONSUMER
    return User.objects.bulk_create(
        User(
            name=f"{name} {number}",
            email=f"{name.lower()}{number}@example.com",
            password="!",
            role=role,
        )
        for number in range(count)
    )


def talk(threads: list[tuple[Conversation, User, User]]) -> None:
    """Let shopper and seller of each conversation say something in turn, and read it all."""
    for turn in range(1, HISTORY + 1):
        messages = Message.objects.bulk_create(
            Message(
                conversation=conversation,
                sequence=turn,
                revision=turn,
                client_id=uuid.uuid4(),
                sender=shopper if turn % 2 else seller,
                side=Side.CONSUMER if turn % 2 else Side.SELLER,
                body="Still there?",
            )
            for conversation, shopper, seller in threads
        )
    for message in messages:
        message.conversation.last_message_at = message.created_at
        message.conversation.last_message_hour = hour_of(message.created_at)
    Conversation.objects.bulk_update(
        [conversation for conversation, *_ in threads],
        ["last_message_at", "last_message_hour"],
        batch_size=500,
    )
    news = News.objects.bulk_create(
        News(
            subject_kind="conversation",
            subject_id=conversation.pk,
            team_id=team_id,
            title="News",
            url=conversation.get_absolute_url(),
        )
        for conversation, *_ in threads
        for team_id in (0, conversation.shop_id)
    )
    readers = [person for _, shopper, seller in threads for person in (shopper, seller)]
    Notification.objects.bulk_create(
        Notification(recipient=person, news=one, team_id=one.team_id, read_at=timezone.now())
        for person, one in zip(readers, news, strict=True)
    )
