"""Reporters read the names that they know, even if people have changed their names since."""

from typing import Any

import pytest

from accounts.deletion import delete_account
from accounts.models import User
from catalog.models import ShopMember
from messaging.models import Conversation, Report
from messaging.moderation import actions as moderation
from messaging.reports.actions import report_person
from notifications.models import News
from tests.said import say

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(shopper: User, colleague: User, conversation: Conversation) -> Report:
    """The shopper's report about a colleague who has answered."""
    say(colleague, conversation, "Hello")
    return report_person(shopper, conversation.pk, colleague.pk, "abuse", "")


def test_a_later_name_of_somebody_who_has_left_the_shop_is_not_told(
    report: Report, shopper: User, colleague: User, moderator: User, client_of: Any
) -> None:
    ShopMember.objects.filter(user=colleague).delete()
    User.objects.filter(pk=colleague.pk).update(name="Private Person")
    pages = ("/conversations/reports/", report.get_absolute_url(), "/notifications/")
    for page in pages:
        assert "Iker Sanz" in client_of(shopper).get(page).text
        assert "Private Person" not in client_of(shopper).get(page).text
    moderation.resolve_report(moderator, report.pk, "dismissed", "No insult")
    for page in pages:
        assert "Private Person" not in client_of(shopper).get(page).text
    assert not News.objects.filter(title__contains="Private").exists()
    shown = client_of(moderator).get(f"/admin/messaging/report/{report.pk}/change/").text
    assert "Private Person" in shown


def test_a_deleted_account_has_no_name_left_in_a_report(
    report: Report, shopper: User, colleague: User, client_of: Any
) -> None:
    assert Report.objects.get().person_name == "Iker Sanz"
    delete_account(colleague.pk)
    assert Report.objects.get().person_name == ""
    page = client_of(shopper).get(report.get_absolute_url()).text
    assert "Deleted account" in page
    assert "Iker Sanz" not in page
