"""The demo shop: alive, consistent, and harmless to make twice."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import F, Max, Min

from catalog.models import Product, Shop
from messaging.models import Conversation, Message, Participant, Side
from notifications.models import Notification

pytestmark = pytest.mark.django_db


def test_the_demo_is_lively_consistent_and_the_same_when_run_again(settings: Any) -> None:
    call_command("demo", verbosity=0)
    rows: list[Any] = [Shop, Product, Conversation, Message, Notification, Participant]
    before = [model.objects.count() for model in rows]
    assert before[0] >= 8
    assert before[1] >= 80
    assert before[2] >= 400

    talk = Conversation.objects.annotate(
        first=Min("messages__sequence"), last=Max("messages__sequence")
    )
    assert not talk.exclude(first=1, last=F("last_sequence"), revision=F("last")).exists()
    assert Message.objects.count() == sum(talk.values_list("last_sequence", flat=True))
    assert not Conversation.objects.exclude(last_message__sequence=F("last_sequence")).exists()
    assert talk.filter(
        consumer__email="shopper@example.com", shop__members__email="seller@example.com"
    ).exists()

    unread = set(
        Notification.objects.filter(read_at=None).values_list("recipient_id", "news__subject_id")
    )
    waiting = set()
    for mark in Participant.objects.select_related("conversation__last_message"):
        last = mark.conversation.last_message
        if last and last.side == Side(mark.side).other and last.sequence > mark.last_read_sequence:
            waiting.add((mark.user_id, mark.conversation_id))
    assert unread == waiting
    assert unread

    call_command("demo", verbosity=0)
    assert [model.objects.count() for model in rows] == before
