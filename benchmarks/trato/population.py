"""Shoppers, shops, conversations and earlier messages."""

import uuid
from itertools import islice
from typing import Any

from django.utils import timezone

from accounts.models import User
from benchmarks.people import HISTORY, sessions_of
from catalog.models import Shop, ShopMember
from messaging.lanes import orm as lanes
from messaging.models import Conversation, Message, Side, hour_of
from notifications.models import News, Notification


def fill(pairs: int, *, members: int = 1, unread: int = 0) -> list[dict[str, Any]]:
    """Create them; return each conversation with the sessions of its shopper and its seller.

    The first conversation also has the sessions of the seller's colleagues.

    Args:
        members: members per shop, including the seller.
        unread: notifications per seller about other subjects.
    """
    cohort = f"{members}-{unread}"
    shoppers = people(f"shopper-{cohort}", pairs, User.Role.CONSUMER)
    sellers = people(f"seller-{cohort}", pairs, User.Role.SELLER)
    colleagues = iter(people(f"colleague-{cohort}", pairs * (members - 1), User.Role.SELLER))
    teams = [[seller, *islice(colleagues, members - 1)] for seller in sellers]
    shops = Shop.objects.bulk_create(
        Shop(name=f"Shop {cohort} {number}", slug=f"shop-{cohort}-{number}")
        for number in range(pairs)
    )
    ShopMember.objects.bulk_create(
        ShopMember(shop=shop, user=person)
        for shop, team in zip(shops, teams, strict=True)
        for person in team
    )
    conversations = Conversation.objects.bulk_create(
        Conversation(consumer=shopper, shop=shop, last_sequence=HISTORY, revision=HISTORY)
        for shopper, shop in zip(shoppers, shops, strict=True)
    )
    talk(list(zip(conversations, shoppers, teams, strict=True)))
    leave_unread(sellers, unread)
    keys = zip(sessions_of(shoppers), sessions_of(sellers), strict=True)
    made: list[dict[str, Any]] = [
        {"conversation": conversation.pk, "cookies": pair}
        for conversation, pair in zip(conversations, keys, strict=True)
    ]
    made[0]["colleagues"] = sessions_of(teams[0][1:])
    return made


def people(name: str, count: int, role: str) -> list[User]:
    return User.objects.bulk_create(
        User(name=f"{name} {number}", email=f"{name}-{number}@example.com", password="!", role=role)
        for number in range(count)
    )


def leave_unread(sellers: list[User], number: int) -> None:
    """Notify each seller of many other subjects."""
    news = News.objects.bulk_create(
        News(subject_kind="other", subject_id=one, title="News", url="/") for one in range(number)
    )
    for seller in sellers if news else ():
        Notification.objects.bulk_create(Notification(recipient=seller, news=one) for one in news)


def talk(threads: list[tuple[Conversation, User, list[User]]]) -> None:
    """Let the shopper and the first team member write in turn, and mark everything as read."""
    for turn in range(1, HISTORY + 1):
        messages = Message.objects.bulk_create(
            Message(
                conversation=conversation,
                sequence=turn,
                revision=turn,
                client_id=uuid.uuid4(),
                sender=shopper if turn % 2 else team[0],
                side=Side.CONSUMER if turn % 2 else Side.SELLER,
                body="Still there?",
            )
            for conversation, shopper, team in threads
        )
    for message in messages:
        message.conversation.last_message_at = message.created_at
        message.conversation.last_message_hour = hour_of(message.created_at)
        message.conversation.turn = Side(message.side).other.value
        message.conversation.waiting_since = message.created_at
    Conversation.objects.bulk_update(
        [conversation for conversation, *_ in threads],
        ["last_message_at", "last_message_hour", "turn", "waiting_since"],
        batch_size=500,
    )
    lanes.rebuild({conversation.shop_id for conversation, *_ in threads})
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
    audiences = [audience for _, shopper, team in threads for audience in ([shopper], team)]
    Notification.objects.bulk_create(
        Notification(recipient=person, news=one, team_id=one.team_id, read_at=timezone.now())
        for audience, one in zip(audiences, news, strict=True)
        for person in audience
    )
