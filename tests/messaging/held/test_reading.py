"""Which staff read the words of held messages."""

import uuid
from typing import Any

import pytest

from accounts.models import User
from messaging import actions
from messaging.models import Conversation, HeldMessage

pytestmark = pytest.mark.django_db(transaction=True)

SUSPICIOUS = "Something suspicious"


def test_only_who_decides_reads_held_words(
    conversation: Conversation, shopper: User, moderator: User, auditor: User, client_of: Any
) -> None:
    actions.send(shopper, conversation.pk, uuid.uuid4(), SUSPICIOUS)
    address = "/admin/messaging/heldmessage/"
    pages = address, f"{address}{HeldMessage.objects.get().pk}/change/"
    for page in pages:
        assert SUSPICIOUS in client_of(moderator).get(page).text
        shown = client_of(auditor).get(page).text
        assert shopper.name in shown
        assert SUSPICIOUS not in shown
