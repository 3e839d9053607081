"""Notes when an account is deleted: they stay with the shop, as its messages do."""

import uuid
from typing import Any

import pytest

from accounts import deletion
from accounts.models import User
from messaging.models import Conversation, Note
from messaging.notes import actions

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_colleagues_notes_stay_in_the_shops_name(
    seller: User, colleague: User, conversation: Conversation, client_of: Any
) -> None:
    actions.add(colleague, conversation.pk, uuid.uuid4(), "Pack it well")
    deletion.delete_account(colleague.pk)
    page = client_of(seller).get(conversation.get_absolute_url()).text
    assert "Pack it well" in page
    assert "Iker" not in page
    note = page.partition('id="note-1"')[2].partition("</li>")[0]
    assert "Barro y Sal" in note


def test_notes_stay_when_the_shopper_is_gone_and_more_can_come(
    shopper: User, seller: User, conversation: Conversation, client_of: Any
) -> None:
    actions.add(seller, conversation.pk, uuid.uuid4(), "Refunded in cash")
    deletion.delete_account(shopper.pk)
    actions.add(seller, conversation.pk, uuid.uuid4(), "Bookkeeping done")
    page = client_of(seller).get(conversation.get_absolute_url()).text
    assert "Refunded in cash" in page
    assert "Bookkeeping done" in page


def test_notes_are_emptied_when_the_shop_closes_with_its_owner(
    seller: User, conversation: Conversation
) -> None:
    actions.add(seller, conversation.pk, uuid.uuid4(), "Pack it well")
    deletion.delete_account(seller.pk)
    assert Note.objects.values_list("body", "number").get() == ("", 1)
