"""The time for which both sides of a conversation can see that staff looked."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from messaging.models import Case, Conversation, Look

pytestmark = pytest.mark.django_db


def test_old_looks_go_once_both_sides_could_see_them(
    conversation: Conversation, settings: Any
) -> None:
    now = timezone.now()
    kept = timedelta(days=settings.LOOKS_KEEP_DAYS)
    subjects = iter("1234567")

    def look(age: timedelta, **case: Any) -> int:
        row = Case.objects.create(subject=next(subjects), kind="report", **case) if case else None
        return Look.objects.create(conversation=conversation, case=row, created_at=now - age).pk

    day = timedelta(days=1)
    look(kept + 2 * day)
    look(kept + 9 * day, closed_at=now - kept - day)
    look(kept + 9 * day, closed_at=now - kept - 2 * day, quiet_until=now - kept - day)
    left = {
        look(kept - day),
        look(kept + day / 2),  # they couldn't see it on its first day
        look(kept + day, closed_at=now - day),
        look(kept + 9 * day, closed_at=now - kept - day, quiet_until=now - day),
        look(kept + day, closed_at=None),
        look(kept + day, closed_at=now - day, quiet_until=now + day),
    }
    call_command("purge_expired", delete=True)
    assert set(Look.objects.values_list("pk", flat=True)) == left
