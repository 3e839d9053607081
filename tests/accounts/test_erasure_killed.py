"""An account is erased completely or not at all, even if the processes that erase it are killed."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from catalog.models import Product
from tests.accounts.erasing import busy_shopper, check, people, places_of, turn, word_of
from tests.databases import own_database
from tests.messaging.due.killed import KILLS
from trato.stored_files.models import FileDeletion

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not KILLS, reason="`make faults` kills them"),
]

ROOT = Path(__file__).resolve().parents[2]
LATEST = 500  # an erasure passes some 300 points, so some processes finish one


def test_all_or_nothing_although_processes_are_killed(
    product: Product, seller: User, moderator: User, lead: User, settings: Any
) -> None:
    for _ in range(KILLS // 2):
        busy_shopper(product, seller, moderator, lead)
    connection.close()
    environment = {
        "DATABASE_URL": own_database(),
        "REDIS_URL": "",
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "MEDIA_ROOT": settings.MEDIA_ROOT,
    }
    command = [sys.executable, "-m", "tests.messaging.due.killed", "tests.accounts.erasing.turn"]
    command += [str(KILLS), "7", str(LATEST)]
    answer = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=900
    )
    assert answer.returncode == 0, answer.stderr
    check()
    erased = [person for person in people() if person.deleted_at]
    assert erased
    # The files of those who were erased by a process that died right after its commit.
    FileDeletion.objects.update(due_at=timezone.now() - timedelta(days=1))
    call_command("purge_expired", delete=True)
    for person in erased:
        assert places_of(word_of(person)) == []
    turn(0)  # killed processes left nothing that blocks others
    assert len([person for person in people() if person.deleted_at]) == len(erased) + 1
