"""The effects of overturning a decision, and what must stay as it was."""

import pytest

from accounts import deletion
from accounts.models import User
from messaging.decisions import actions as decisions
from messaging.models import Conversation
from tests.rulings import rule
from tests.said import say
from trato.errors import Refused

pytestmark = pytest.mark.django_db


def test_a_conversation_with_a_shop_that_has_closed_stays_ended(
    conversation: Conversation, shopper: User, seller: User, moderator: User
) -> None:
    say(shopper, conversation)
    decision = rule(moderator, shopper.pk, "close", "Quarrel", conversation_id=conversation.pk)
    deletion.delete_account(seller.pk)
    decisions.undo(moderator, decision.pk, "A mistake")
    conversation.refresh_from_db()
    with pytest.raises(Refused):
        say(shopper, conversation, "Are you there?")
    assert conversation.ended_at is not None


def test_an_erased_message_isnt_shown_again(
    conversation: Conversation, shopper: User, seller: User, moderator: User
) -> None:
    message = say(shopper, conversation, "Words")
    removal = rule(moderator, shopper.pk, "remove", "Rude", message_id=message.pk)
    rule(moderator, shopper.pk, "close", "Quarrel", conversation_id=conversation.pk)
    deletion.delete_account(shopper.pk)
    decisions.undo(moderator, removal.pk, "A mistake")
    message.refresh_from_db()
    assert message.removed_at is not None


def test_an_erased_message_stays_removed_after_both_are_undone(
    conversation: Conversation, shopper: User, seller: User, moderator: User
) -> None:
    message = say(seller, conversation, "Words")
    removal = rule(moderator, seller.pk, "remove", "Rude", message_id=message.pk)
    closed = rule(moderator, shopper.pk, "close", "Quarrel", conversation_id=conversation.pk)
    deletion.delete_account(seller.pk)
    decisions.undo(moderator, closed.pk, "A mistake")
    decisions.undo(moderator, removal.pk, "A mistake")
    message.refresh_from_db()
    assert message.removed_at is not None or message.body


def test_undoing_a_closure_that_deletion_confirmed(
    conversation: Conversation, shopper: User, seller: User, moderator: User
) -> None:
    say(shopper, conversation)
    decision = rule(moderator, seller.pk, "close", "Quarrel", conversation_id=conversation.pk)
    deletion.delete_account(shopper.pk)
    decisions.undo(moderator, decision.pk, "A mistake")
    conversation.refresh_from_db()
    assert conversation.ended_at is not None
