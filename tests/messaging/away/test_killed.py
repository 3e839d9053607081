"""Each conversation gets exactly one reply, even if the processes that reply are killed."""

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from catalog.models import Product, Shop
from messaging.away import actions, answering
from messaging.factories import ConversationFactory
from messaging.models import AwayAnswer, Conversation, Message
from messaging.opening_hours import actions as opening_hours
from messaging.opening_hours.schedule import Span
from tests.databases import own_database
from tests.messaging.due.killed import KILLS
from tests.said import say

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not KILLS, reason="`make faults` kills them"),
]

ROOT = Path(__file__).resolve().parents[3]
CONVERSATIONS = 60  # so that some are left at the end


def test_each_is_answered_once_although_processes_are_killed(
    shop: Shop, seller: User, product: Product, clock: time_machine.Traveller
) -> None:
    clock.move_to(time_machine.escape_hatch.time.time())  # that of the other processes
    open_day = (timezone.now().weekday() + 3) % 7
    week = tuple((Span(540, 600),) if day == open_day else () for day in range(7))
    opening_hours.set_week(seller, shop.pk, week)
    actions.set_words(seller, shop.pk, is_on=True, words="Closed")
    for _ in range(CONVERSATIONS):
        conversation = ConversationFactory(consumer=UserFactory(), product=product)
        say(conversation.consumer, conversation)
    connection.close()
    environment = {
        "DATABASE_URL": own_database(),
        "REDIS_URL": "",
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    sweep = "messaging.away.answering.due"
    command = [sys.executable, "-m", "tests.messaging.due.killed", sweep, str(KILLS), "7", "150"]
    answer = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=300
    )
    assert answer.returncode == 0, answer.stderr
    assert 0 < AwayAnswer.objects.count() < CONVERSATIONS
    while answering.due(100):
        pass
    automatic = Message.objects.filter(is_automatic=True)
    answered = Counter(automatic.values_list("conversation", flat=True))
    keys = Conversation.objects.values_list("pk", flat=True)
    assert answered == Counter(keys)
    assert Counter(AwayAnswer.objects.values_list("conversation", flat=True)) == answered
    assert set(automatic.values_list("sequence", flat=True)) == {2}
    counters = Conversation.objects.values_list("last_sequence", "revision").distinct()
    assert list(counters) == [(2, 2)]
