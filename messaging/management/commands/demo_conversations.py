"""`manage.py demo_conversations`: conversations between the demo's people; called by `demo`."""

import random
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import BaseCommand
from django.utils import timezone

from messaging.body import excerpt
from messaging.demo.threads import ENGLISH, SHARED, SPANISH
from messaging.factories import (
    ConversationFactory,
    MessageFactory,
    ParticipantFactory,
    ReportFactory,
)
from messaging.host import Product, host, product_model
from messaging.models import SUBJECT_KIND, Conversation, Message, Side
from notifications.factories import NotificationFactory
from trato.people import Person

CONVERSATIONS = 420
FAVOURITE = 60  # of them at the demo seller's shop
SEED = 21


class Command(BaseCommand):
    help = "Let the demo's people talk; needs the shops that `demo` makes."

    def handle(self, *args: Any, **options: Any) -> None:
        dice = random.Random(SEED)  # noqa: S311 – a demo, not a secret
        users = get_user_model()
        shopper, seller = (
            users._default_manager.get((users.get_email_field_name(), f"{name}@example.com"))
            for name in ("shopper", "seller")
        )
        others = [
            person
            for person in users._default_manager.order_by("pk")
            if person.pk != shopper.pk and not (person.is_staff or host.acts_as_seller(person))
        ]
        [shop_id] = host.shops_of([seller.pk])[seller.pk]
        products = list(
            product_model()._default_manager.select_related(host.product_shop_field).order_by("pk")
        )
        own = [product for product in products if host.shop_of(product).pk == shop_id]
        elsewhere = [product for product in products if host.shop_of(product).pk != shop_id]
        pairs = [(person, product) for person in others for product in own]
        asked = dice.sample(pairs, FAVOURITE)
        pairs = [(person, product) for person in [*others, shopper] for product in elsewhere]
        asked += dice.sample(pairs, CONVERSATIONS - FAVOURITE - 1)
        team = {pk: host.members_of(pk) for pk in {host.shop_of(one).pk for one in products}}
        for person, product in asked:
            lines = dice.choice(dice.choice((ENGLISH, SPANISH)))
            talk(dice, person, product, lines, team[host.shop_of(product).pk])
        talk(dice, shopper, own[0], SHARED, team[shop_id], ended=timezone.now(), unread=True)
        for message in Message.objects.filter(side=Side.CONSUMER).order_by("pk")[5:600:240]:
            ReportFactory(
                message=message,
                reporter_id=team[message.conversation.shop_id][0],
                words="Wants my phone number in every message.",
            )


def talk(
    dice: random.Random,
    person: Person,
    product: Product,
    lines: list[str],
    team: list[int],
    *,
    ended: datetime | None = None,
    unread: bool | None = None,
) -> Conversation:
    """Create one conversation, consistent with what the actions store, that ended some time ago.

    Args:
        team: the IDs of the people who answer for the shop.
        ended: when the last line was written; by default a random time in the last weeks.
        unread: whether the last line is unread; random by default.
    """
    ended = ended or timezone.now() - timedelta(minutes=dice.randint(5, 60 * 24 * 45))
    if dice.random() < 0.15 and unread is None:
        lines = lines[: len(lines) // 2 * 2 - 1]  # the shop has not answered yet
    times = [
        ended - timedelta(minutes=2 + dice.randint(3, 90) * back) for back in range(len(lines))
    ]
    times.sort()
    conversation: Conversation = ConversationFactory(
        consumer=person, product=product, created_at=times[0]
    )
    people = get_user_model()._default_manager.in_bulk(team)
    answering = people[dice.choice(team)]
    for number, (line, time) in enumerate(zip(lines, times, strict=True)):
        if number == 1:
            conversation.first_reply_seconds = int((time - times[0]).total_seconds())
        MessageFactory(
            conversation=conversation,
            sender=answering if number % 2 else person,
            body=line.format(title=conversation.product_title),
            created_at=time,
        )
    last = conversation.last_message
    if last is None:
        return conversation
    last_side = Side(last.side)
    waits = unread if unread is not None else dice.random() < (0.5 if len(lines) % 2 else 0.15)
    readers = [person.pk] if last_side is Side.SELLER else team
    for user_id in [person.pk, *team]:
        is_waiting = waits and user_id in readers
        ParticipantFactory(
            conversation=conversation,
            user_id=user_id,
            side=conversation.side_of(user_id),
            last_read_sequence=last.sequence - is_waiting,
        )
        if user_id in readers:
            shop_name = f" · {conversation.shop_name}" if last_side is Side.SELLER else ""
            NotificationFactory(
                recipient_id=user_id,
                news__subject_kind=SUBJECT_KIND,
                news__subject_id=conversation.pk,
                news__team_id=conversation.shop_id if last_side is Side.CONSUMER else 0,
                news__title=f"{last.sender_name}{shop_name}",
                news__excerpt=excerpt(last.body),
                news__url=conversation.get_absolute_url(),
                news__happened_at=last.created_at,
                read_at=None if is_waiting else last.created_at,
            )
    return conversation
