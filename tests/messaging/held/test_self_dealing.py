"""Staff can't decide about themselves."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.factories import UserFactory
from accounts.models import User
from catalog.models import Product
from messaging import actions
from messaging.appeals import actions as appeals
from messaging.factories import ConversationFactory
from messaging.models import Conversation, HeldMessage, Message
from messaging.moderation.actions import resolve_report
from messaging.recall import actions as recalls
from messaging.reports.actions import report_message
from messaging.review.actions import release
from tests.messaging.recall.conftest import order
from tests.rulings import rule
from tests.said import say

pytestmark = pytest.mark.django_db


@pytest.fixture
def own(moderator: User, product: Product) -> Conversation:
    """A conversation in which the moderator is the shopper."""
    return ConversationFactory(consumer=moderator, product=product)


def test_nobody_releases_their_own_held_message(own: Conversation, moderator: User) -> None:
    actions.send(moderator, own.pk, uuid.uuid4(), "Something suspicious")
    held = HeldMessage.objects.get()
    with pytest.raises((PermissionDenied, ValidationError)):
        release(moderator, held.pk, "I know myself")


def test_nobody_dismisses_a_report_of_their_own_message(
    own: Conversation, moderator: User, seller: User
) -> None:
    message = say(moderator, own, "You idiot")
    report = report_message(seller, own.pk, message.sequence, "abuse", "")
    with pytest.raises((PermissionDenied, ValidationError)):
        resolve_report(moderator, report.pk, "dismissed", "I meant well")


def test_nobody_upholds_a_report_of_their_own(
    own: Conversation, moderator: User, seller: User
) -> None:
    message = say(seller, own, "Hello there")
    report = report_message(moderator, own.pk, message.sequence, "abuse", "")
    with pytest.raises((PermissionDenied, ValidationError)):
        rule(
            moderator, seller.pk, "remove", "Rude",
            message_id=message.pk, report_id=report.pk,
        )  # fmt: skip


def test_who_reported_decides_no_appeal_about_it(
    product: Product, lead: User, moderator: User, seller: User
) -> None:
    talk = ConversationFactory(consumer=lead, product=product)
    message = say(seller, talk, "Hello there")
    report = report_message(lead, talk.pk, message.sequence, "abuse", "")
    decision = rule(
        moderator, seller.pk, "remove", "Rude", message_id=message.pk, report_id=report.pk
    )
    appeal = appeals.appeal(seller, decision.pk, "It was kind")
    with pytest.raises((PermissionDenied, ValidationError)):
        appeals.decide(lead, appeal.pk, "upheld", "It was rude to me.")


def test_nobody_undoes_a_recall_of_their_own_message(own: Conversation, moderator: User) -> None:
    root: Any = UserFactory(staff=True, is_superuser=True)
    message = say(moderator, own, "Pay at evil-courier.example.com")
    Message.objects.filter(pk=message.pk).update(removed_at=None)
    report_message(own.product.shop.memberships.get().user, own.pk, message.sequence, "scam", "")
    made = recalls.recall(root, message.pk, order())
    with pytest.raises((PermissionDenied, ValidationError)):
        recalls.undo(moderator, made.pk, "It was me")
