"""A recall is done or undone completely or not at all, even if its processes are killed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from accounts.models import User
from messaging.models import Message
from tests.databases import own_database
from tests.messaging.due.killed import KILLS
from tests.messaging.recall.conftest import Sent
from tests.messaging.recall.recalling import check, turn

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not KILLS, reason="`make faults` kills them"),
]

ROOT = Path(__file__).resolve().parents[3]


def test_all_or_nothing_although_processes_are_killed(
    confirmed: Message, sent: Sent, moderator: User
) -> None:
    sent(times=4)
    connection.close()
    environment = {
        "DATABASE_URL": own_database(),
        "REDIS_URL": "",
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    sweep = "tests.messaging.recall.recalling.turn"
    command = [sys.executable, "-m", "tests.messaging.due.killed", sweep, str(KILLS), "7", "600"]
    answer = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=300
    )
    assert answer.returncode == 0, answer.stderr
    check()
    for _ in range(2):  # killed processes left nothing that blocks others
        turn(0)
