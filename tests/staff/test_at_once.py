"""Two moderators act on one case at once: the second one sees that it was done. PostgreSQL."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from accounts import actions
from accounts.models import User
from messaging.models import Report
from messaging.moderation import actions as moderation
from tests.locks import wait_until_somebody_waits_for_a_lock
from tests.patience import PATIENCE
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
    return moderation.remove_message(actor, report.message_id, "Scam")


def suspend(actor: User, report: Report) -> object:
    return actions.suspend(actor, report.message.sender_id, "Scam")


@pytest.mark.parametrize("act", [resolve, remove, suspend])
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
