"""Cases when staff set somebody's reports aside, and put them back."""

import pytest

from accounts import deletion
from accounts.models import User
from catalog.models import Shop
from messaging.desk.queries import thing_of
from messaging.models import Case, Conversation, Report
from messaging.reports.actions import report_message, report_shop
from messaging.reports.ignored_reporters import mute, unmute
from tests.said import say

pytestmark = pytest.mark.django_db


def test_muting_the_only_reporter_closes_the_case(
    conversation: Conversation, shopper: User, seller: User, moderator: User
) -> None:
    message = say(seller, conversation)
    report_message(shopper, conversation.pk, message.sequence, "spam", "")
    mute(moderator, shopper.pk, "Abusive")
    case = Case.objects.get()
    assert case.closed_at is not None
    assert not thing_of(case)["reports"]


def test_muting_one_of_two_reporters_keeps_the_case(
    shop: Shop, shopper: User, stranger: User, moderator: User
) -> None:
    report_shop(shopper, shop, "scam", "Fake")
    theirs = report_shop(stranger, shop, "scam", "Fake")
    mute(moderator, shopper.pk, "Abusive")
    case = Case.objects.get()
    assert (case.closed_at, case.count) == (None, 1)
    assert thing_of(case)["reports"] == [theirs]
    unmute(moderator, shopper.pk, "A mistake")
    assert Case.objects.get().count == 2


@pytest.mark.parametrize("is_muted_first", [True, False])
def test_reports_that_are_put_back_get_a_case(
    is_muted_first: bool, conversation: Conversation, shopper: User, seller: User, moderator: User
) -> None:
    message = say(seller, conversation)
    if is_muted_first:
        mute(moderator, shopper.pk, "Abusive")
    report_message(shopper, conversation.pk, message.sequence, "child_safety", "")
    if not is_muted_first:
        mute(moderator, shopper.pk, "Abusive")
    assert not Case.objects.filter(closed_at=None).exists()
    unmute(moderator, shopper.pk, "A mistake")
    case = Case.objects.get(closed_at=None)
    assert (case.severity, case.person) == (Case.Severity.SEVERE, seller)
    assert thing_of(case)["reports"] == [Report.objects.get()]


@pytest.mark.parametrize("is_muted_first", [True, False])
def test_what_is_set_aside_keeps_no_erased_words(
    is_muted_first: bool, conversation: Conversation, shopper: User, seller: User, moderator: User
) -> None:
    message = say(shopper, conversation, "My secret words")
    report = report_message(seller, conversation.pk, message.sequence, "spam", "Noise")
    if is_muted_first:
        mute(moderator, seller.pk, "Abusive")
    deletion.delete_account(shopper.pk)
    if not is_muted_first:
        message.refresh_from_db()
        assert message.body == "My secret words"
        mute(moderator, seller.pk, "Abusive")
    message.refresh_from_db()
    report.refresh_from_db()
    assert (message.body, report.words) == ("", "Noise")


@pytest.mark.parametrize("is_muted_first", [True, False])
def test_an_erased_reporters_words_go_with_the_report(
    is_muted_first: bool, shop: Shop, shopper: User, moderator: User
) -> None:
    report = report_shop(shopper, shop, "scam", "My secret words")
    if is_muted_first:
        mute(moderator, shopper.pk, "Noise")
    deletion.delete_account(shopper.pk)
    if not is_muted_first:
        mute(moderator, shopper.pk, "Noise")
    report.refresh_from_db()
    assert report.words == ""
