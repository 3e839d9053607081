"""Each export is prepared once, even if the processes that prepare it are killed."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from accounts.factories import UserFactory
from catalog.models import Shop
from messaging.exports import actions as exports
from messaging.exports import building
from messaging.factories import ConversationFactory
from messaging.files.models import storage
from messaging.models import Export
from notifications.models import Notification
from tests.databases import own_database
from tests.messaging.due.killed import KILLS
from tests.said import say

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not KILLS, reason="`make faults` kills them"),
]

ROOT = Path(__file__).resolve().parents[3]
EXPORTS = 40


def test_each_is_ready_once_although_its_makers_are_killed(
    shop: Shop, settings: Any, tmp_path: Path
) -> None:
    settings.EXPORT_DIRECT_MESSAGES = settings.EXPORT_PAUSE_SECONDS = 0
    settings.EXPORT_LEASE_SECONDS = 0  # another process takes over immediately
    private = settings.STORAGES["private"] | {"OPTIONS": {"location": f"{tmp_path}/media-private"}}
    settings.STORAGES = settings.STORAGES | {"private": private}
    for number in range(EXPORTS):
        shopper = UserFactory()
        conversation = ConversationFactory(consumer=shopper, shop=shop)
        say(shopper, conversation, f"Number {number}")
        exports.start(shopper, conversation.pk)
    connection.close()
    environment = {
        "DATABASE_URL": own_database(),
        "REDIS_URL": "",
        "MEDIA_ROOT": str(tmp_path / "media"),
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
    }
    sweep = "tests.messaging.exports.killed.due"
    command = [sys.executable, "-m", "tests.messaging.due.killed", sweep, str(KILLS), "7", "90"]
    answer = subprocess.run(
        command, cwd=ROOT, env=os.environ | environment, capture_output=True, text=True, timeout=300
    )
    assert answer.returncode == 0, answer.stderr
    settings.EXPORT_ATTEMPTS_MAX = 30_000
    while building.due(100):
        pass
    assert Export.objects.filter(attempts__gt=1).exists()
    assert set(Export.objects.values_list("state", flat=True)) == {"ready"}
    assert Notification.objects.filter(news__subject_kind="export").count() == EXPORTS
    for row in Export.objects.all():
        with storage().open(row.stored_name) as file, zipfile.ZipFile(file) as archive:
            assert archive.testzip() is None
