"""A recall leaves innocent messages alone."""

import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from messaging.models import Message
from messaging.recall import traces
from messaging.recall.candidates import find
from tests.messaging.recall.conftest import Sent

pytestmark = pytest.mark.django_db


def test_a_victim_who_asks_about_the_number_is_not_chosen(
    confirmed: Message, seller: User, moderator: User
) -> None:
    """A victim's answer that repeats the scam's number isn't recalled with it."""
    talk = confirmed.conversation
    answer = Message.objects.create(
        conversation=talk, sender=seller, side="seller", sequence=2, revision=2,
        client_id=uuid.uuid4(), created_at=timezone.now() - timedelta(seconds=59),
        body="Careful, is +34 612 345 678 really the courier? My bank says this is fraud",
    )  # fmt: skip
    while traces.due(0):
        pass
    chosen = [
        row.message.pk
        for group in find(moderator, confirmed).groups
        for row in group.rows
        if group.is_chosen and row.is_chosen
    ]
    assert answer.pk not in chosen


def test_a_genuine_site_in_a_scam_recalls_nobody_else_by_itself(
    sent: Sent, moderator: User
) -> None:
    [scam] = sent("Pay here https://evil.example.net/x and read https://www.correos.es/ for more")
    Message.objects.filter(pk=scam.pk).update(removed_at=timezone.now())
    [innocent] = sent("Is it sent with https://www.correos.es/ or by hand?")
    chosen = [
        row.message.pk
        for group in find(moderator, scam).groups
        for row in group.rows
        if group.is_chosen and row.is_chosen
    ]
    assert innocent.pk not in chosen
