"""Each message is sent exactly once, even if the processes that send it are killed."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from messaging.models import Message, ScheduledMessage
from messaging.scheduled import delivery
from tests.databases import own_database
from tests.messaging.due.killed import KILLS

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not KILLS, reason="`make faults` kills them"),
]

ROOT = Path(__file__).resolve().parents[3]
MESSAGES = 80  # so that some are left at the end


def test_each_is_sent_once_although_senders_are_killed(
    schedule: Callable[..., ScheduledMessage], pass_time: Any, settings: Any
) -> None:
    settings.SCHEDULED_PER_CONVERSATION = MESSAGES
    rows = [schedule(body=f"Number {number}") for number in range(MESSAGES)]
    pass_time()
    connection.close()
    environment = {
        "DATABASE_URL": own_database(),
        "REDIS_URL": "",
        "MESSAGES_PER_MINUTE": "1000",
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    sweep = "messaging.scheduled.delivery.due"
    command = [sys.executable, "-m", "tests.messaging.due.killed", sweep, str(KILLS), "7", "90"]
    answer = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=300
    )
    assert answer.returncode == 0, answer.stderr
    meanwhile = Message.objects.filter(side="seller").count()
    assert 0 < meanwhile < MESSAGES
    settings.MESSAGES_PER_MINUTE = 1000
    delivery.due()
    sent = Counter(Message.objects.filter(side="seller").values_list("body", flat=True))
    assert sent == Counter(row.body for row in rows)
    assert set(ScheduledMessage.objects.values_list("state", flat=True)) == {"sent"}
    sequences = list(Message.objects.values_list("sequence", flat=True))
    assert sequences == list(range(1, MESSAGES + 2))
