"""Two moderators act on a case together: the second sees that it is done. PostgreSQL only."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction

from accounts.models import User
from messaging.models import Report
from messaging.moderation import actions as moderation
from messaging.trust.actions import set_trust
from tests.locks import wait_until_somebody_waits_for_a_lock
from tests.patience import PATIENCE
from tests.reported import message_of
from tests.rulings import remove_message, suspend
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]

Act = Callable[[User, Report], object]


def resolve(actor: User, report: Report) -> object:
    return moderation.resolve_report(actor, report.pk, Report.Outcome.UPHELD, "Scam")


def remove(actor: User, report: Report) -> object:
    return remove_message(actor, message_of(report).pk, "Scam")


def suspend_sender(actor: User, report: Report) -> object:
    return suspend(actor, message_of(report).sender_id, "Scam")


def trust_sender(actor: User, report: Report) -> object:
    return set_trust(actor, message_of(report).sender_id, "watched", "Scam")


@pytest.mark.parametrize("act", [resolve, remove, suspend_sender, trust_sender])
def test_the_second_waits_for_the_first_and_is_told(
    act: Act, moderator: User, chief: User, reported: Report
) -> None:
    def second() -> object:
        try:
            return act(chief, reported)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            act(moderator, reported)
            waiting = pool.submit(second)
            wait_until_somebody_waits_for_a_lock()
        with pytest.raises(AlreadyDone):
            waiting.result(PATIENCE)
    assert AuditEntry.objects.get().actor == moderator


def test_a_second_click_on_add_is_refused_in_words(chief: User, client_of: Any) -> None:
    client = client_of(chief)
    client.raise_request_exception = False

    def second() -> Any:
        try:
            return client.post("/admin/auth/group/add/", {"name": "Buyers"})
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Group.objects.create(name="Buyers")
            waiting = pool.submit(second)
            wait_until_somebody_waits_for_a_lock()
        answer = waiting.result(PATIENCE)
    assert answer.status_code == 200
    assert "Group with this Name already exists." in answer.text
    assert Group.objects.filter(name="Buyers").count() == 1
    assert not AuditEntry.objects.exists()
