"""Stores the demo's conversations, consistent with what the actions store."""

import random
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from django.utils import timezone

from messaging.body import excerpt
from messaging.demo import clock
from messaging.demo.scripts import Line
from messaging.host import Product, host
from messaging.lanes import orm as lanes
from messaging.models import (
    SUBJECT_KIND,
    Conversation,
    Message,
    Participant,
    Settlement,
    Side,
    hour_of,
    snapshot_of,
)  # fmt: skip
from notifications.models import News, Notification
from trato.people import Person

SETTLED_AFTER = timedelta(days=14)  # since an answer
SETTLED_WITHIN = timedelta(minutes=50)  # of a shopper's last word
CHANGED_AFTER = timedelta(seconds=40)  # of sending


@dataclass
class Talk:
    """One conversation of the demo.

    Args:
        answering: the person who writes for the shop.
        team: the IDs of all members of the shop.
        times: when each line was written.
        is_unread: whether the last side's messages are unread.
        price: the product's when the shopper asked, in minor units; None for today's.
        is_settled: whether the shop has settled it.
    """

    shopper: Person
    product: Product
    answering: Person
    team: list[int]
    lines: list[Line]
    times: list[datetime]
    is_unread: bool
    price: int | None = None
    is_settled: bool = False
    conversation: Conversation = field(init=False)
    messages: list[Message] = field(init=False)

    @property
    def waiting(self) -> int:
        """The number of messages at the end that are from the same side."""
        last = self.lines[-1].is_shoppers
        return len(list(takewhile(lambda line: line.is_shoppers is last, reversed(self.lines))))

    @property
    def readers(self) -> list[int]:
        """The IDs of the people who are notified of the last message."""
        return self.team if self.lines[-1].is_shoppers else [self.shopper.pk]


def store(talks: list[Talk], dice: random.Random) -> None:
    """Store conversations with their messages, read marks and notifications."""
    talks.sort(key=lambda talk: talk.times[-1])  # the same IDs at any time of day
    snapshots: dict[int, dict[str, Any]] = {}
    for talk in talks:
        if talk.product.pk not in snapshots:
            snapshots[talk.product.pk] = snapshot_of(talk.product)
        talk.conversation = _conversation(talk, snapshots[talk.product.pk])
    Conversation.objects.bulk_create([talk.conversation for talk in talks])
    lanes.rebuild({talk.conversation.shop_id for talk in talks})
    for talk in talks:
        talk.messages = list(_messages(talk, dice))
    Message.objects.bulk_create(message for talk in talks for message in talk.messages)
    Participant.objects.bulk_create(mark for talk in talks for mark in _read_marks(talk))
    Settlement.objects.bulk_create(
        Settlement(
            conversation=talk.conversation,
            sequence=len(talk.lines),
            turn=Side.SELLER if talk.lines[-1].is_shoppers else Side.CONSUMER,
            created_at=talk.times[-1] + SETTLED_WITHIN,
        )
        for talk in talks
        if talk.is_settled
    )
    news = News.objects.bulk_create(_news(talk) for talk in talks)
    Notification.objects.bulk_create(
        Notification(
            recipient_id=user_id,
            news=row,
            team_id=row.team_id,
            read_at=None if talk.is_unread else row.happened_at,
        )
        for talk, row in zip(talks, news, strict=True)
        for user_id in talk.readers
    )


def _conversation(talk: Talk, snapshot: dict[str, Any]) -> Conversation:
    count, changes = len(talk.lines), sum(line.changes for line in talk.lines)
    turn = (Side.SELLER if talk.lines[-1].is_shoppers else Side.CONSUMER).value
    is_old = turn == Side.CONSUMER and timezone.now() - talk.times[-1] > SETTLED_AFTER
    if talk.is_settled or is_old:
        turn = ""
    return Conversation(
        **snapshot | ({} if talk.price is None else {"product_price": talk.price}),
        consumer_id=talk.shopper.pk,
        shop_id=host.shop_of(talk.product).pk,
        created_at=talk.times[0],
        last_sequence=count,
        revision=count + changes,
        last_message_at=talk.times[-1],
        last_message_hour=hour_of(talk.times[-1]),
        turn=turn,
        waiting_since=talk.times[-talk.waiting] if turn else None,
    )


def _messages(talk: Talk, dice: random.Random) -> Iterable[Message]:
    revision = len(talk.lines)
    for number, (line, time) in enumerate(zip(talk.lines, talk.times, strict=True), start=1):
        revision += line.changes
        yield Message(
            conversation=talk.conversation,
            sequence=number,
            revision=revision if line.changes else number,
            client_id=uuid.UUID(int=dice.getrandbits(128), version=4),
            sender_id=(talk.shopper if line.is_shoppers else talk.answering).pk,
            side=Side.CONSUMER if line.is_shoppers else Side.SELLER,
            body=line.text,
            created_at=time,
            removed_at=talk.times[number] if line.removal else None,
            withdrawn_at=time + CHANGED_AFTER if line.is_withdrawn else None,
            edited_at=time + CHANGED_AFTER if line.earlier else None,
            quote=line.quote,
            is_reacted=bool(line.reactions),
        )


def _read_marks(talk: Talk) -> Iterable[Participant]:
    count, days = len(talk.lines), talk.lines[-1].snoozed_days
    for user_id in (talk.shopper.pk, *talk.team):
        is_asleep = days and user_id == min(talk.team)
        is_waiting = talk.is_unread and user_id in talk.readers
        yield Participant(
            conversation=talk.conversation,
            user_id=user_id,
            side=talk.conversation.side_of(user_id),
            last_read_sequence=count - talk.waiting if is_waiting else count,
            snoozed_until=clock.morning(days) if is_asleep else None,
            snoozed_sequence=count if is_asleep else None,
        )


def _news(talk: Talk) -> News:
    last = talk.messages[-1]
    if talk.lines[-1].is_shoppers:
        team_id, title = talk.conversation.shop_id, host.display_name(talk.shopper)
    else:
        shop = host.shop_name(host.shop_of(talk.product))
        team_id, title = 0, f"{host.display_name(talk.answering)} · {shop}"
    return News(
        subject_kind=SUBJECT_KIND,
        subject_id=talk.conversation.pk,
        team_id=team_id,
        title=title,
        excerpt=excerpt(last.body),
        url=talk.conversation.get_absolute_url(),
        happened_at=last.created_at,
    )
