"""Staff's access to the text of held messages."""

import uuid
from typing import Any

import pytest

from accounts.models import User
from messaging import actions
from messaging.appeals.actions import appeal, decide
from messaging.models import Conversation, Decision, HeldMessage
from tests.rulings import reject

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


def test_once_it_is_decided_nobody_reads_the_words_off_the_record(
    conversation: Conversation, shopper: User, moderator: User, lead: User, client_of: Any
) -> None:
    actions.send(shopper, conversation.pk, uuid.uuid4(), SUSPICIOUS)
    held = HeldMessage.objects.get()
    reject(moderator, held.pk, "Not here")
    row = f"/admin/messaging/heldmessage/{held.pk}/change/"
    about_sender = f"/admin/messaging/decision/decide/?held={held.pk}"
    for page in ("/admin/messaging/heldmessage/?state=all", row, about_sender):
        shown = client_of(moderator).get(page).text
        assert shopper.name in shown
        assert SUSPICIOUS not in shown
    decision = Decision.objects.get()
    filed = appeal(shopper, decision.pk, "It was innocent")
    assert SUSPICIOUS in client_of(lead).get(row).text  # reading them is this person's task again
    decide(lead, filed.pk, "upheld", "It was not")
    for page in (row, about_sender):
        assert SUSPICIOUS not in client_of(lead).get(page).text
