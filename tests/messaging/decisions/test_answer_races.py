"""A decision and the end of an earlier one don't wait for each other."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections

from accounts.models import User
from catalog.models import Shop
from messaging.decisions import actions, answers
from messaging.models import Decision, Report
from messaging.reports.actions import report_shop
from tests.locks import wait_until_somebody_waits_for_a_lock
from tests.rulings import rule

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer"),
]


def test_a_decision_and_the_undoing_of_another_both_end(
    shop: Shop, shopper: User, stranger: User, seller: User, moderator: User, monkeypatch: Any
) -> None:
    first = report_shop(shopper, shop, "scam", "Fake")
    earlier = rule(moderator, seller.pk, "warn", "Fraud", report_id=first.pk)
    second = report_shop(stranger, shop, "scam", "Fake")
    tell, later = answers.notify_reporters, []

    def again() -> None:
        try:
            rule(moderator, seller.pk, "warn", "Again", report_id=second.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:

        def tell_late(decision: Decision) -> None:
            later.append(pool.submit(again))
            wait_until_somebody_waits_for_a_lock()  # for the person, with its reports locked
            tell(decision)

        monkeypatch.setattr(answers, "notify_reporters", tell_late)
        actions.undo(moderator, earlier.pk, "A mistake")
        later[0].result()
    outcomes = Report.objects.order_by("pk").values_list("outcome", "done")
    assert list(outcomes) == [("upheld", "restored"), ("upheld", "")]
