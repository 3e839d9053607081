"""Earlier texts and reactions of somebody who deletes their account."""

import uuid
from typing import Any

import pytest

from accounts import deletion
from accounts.models import User
from messaging.editing.actions import edit
from messaging.factories import ReportFactory
from messaging.models import Conversation, Message, MessageVersion, Reaction
from messaging.moderation import actions as moderation
from messaging.reactions.actions import react
from tests.said import say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def changed(shopper: User, seller: User, conversation: Conversation) -> Conversation:
    """An edited question, and reactions of both sides."""
    say(shopper, conversation, "My secret")
    say(seller, conversation, "Thanks")
    say(seller, conversation, "Anything else?")
    edit(shopper, conversation.pk, 1, "My word")
    react(shopper, conversation.pk, 2, "👍")
    react(seller, conversation.pk, 2, "🙏")
    react(seller, conversation.pk, 1, "🙏")
    return conversation


def test_a_shoppers_earlier_texts_and_reactions_go_and_pages_catch_up(
    changed: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    before = Conversation.objects.get().revision
    deletion.delete_account(shopper.pk)
    assert not MessageVersion.objects.exists()
    assert not Reaction.objects.filter(user=shopper).exists()
    page = client_of(seller).get(f"/conversation/{changed.pk}/messages/?since={before}").json()
    first, second = page["messages"]
    assert (first["sequence"], first["removed"], first["reactions"]) == (1, True, [])
    assert (second["sequence"], second["removed"], second["body"]) == (2, False, "Thanks")
    assert [one["reaction"] for one in second["reactions"]] == ["🙏"]
    assert [first["revision"], second["revision"]] == [before + 2, before + 3]
    assert page["revision"] == before + 3


def test_a_message_without_any_other_reaction_has_none_then(
    changed: Conversation, shopper: User, seller: User
) -> None:
    react(seller, changed.pk, 2, "")
    deletion.delete_account(shopper.pk)
    assert Message.objects.get(sequence=2).is_reacted is False


def test_what_a_colleague_did_for_the_shop_stays_in_its_name(
    changed: Conversation, shopper: User, colleague: User, client_of: Any
) -> None:
    say(colleague, changed, "Goodby")
    edit(colleague, changed.pk, 4, "Goodbye")
    react(colleague, changed.pk, 1, "👍")
    deletion.delete_account(colleague.pk)
    assert MessageVersion.objects.filter(body="Goodby").exists()
    page = client_of(shopper).get(f"/conversation/{changed.pk}/messages/?since=0").json()
    names = [[one["name"] for one in given["users"]] for given in page["messages"][0]["reactions"]]
    assert sorted(names) == [[""], ["Marta Vidal"]]


def test_staff_keep_earlier_texts_until_a_report_is_closed(
    changed: Conversation, shopper: User, seller: User, moderator: User
) -> None:
    report = ReportFactory(message=Message.objects.get(sequence=1), reporter=seller)
    deletion.delete_account(shopper.pk)
    assert MessageVersion.objects.get().body == "My secret"
    moderation.resolve_report(moderator, report.pk, "dismissed", "nothing")
    assert not MessageVersion.objects.exists()


def test_a_deleted_persons_quoted_words_are_gone(
    changed: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    form = {"body": "So?", "client_id": str(uuid.uuid4()), "quote": "1"}
    client = client_of(seller)
    client.post(f"/conversation/{changed.pk}/new_message/", form)
    deletion.delete_account(shopper.pk)
    page = client.get(f"/conversation/{changed.pk}/messages/?since=0").json()
    quote = page["messages"][-1]["quote"]
    assert (quote["excerpt"], quote["sender"]["name"]) == ("", "")
