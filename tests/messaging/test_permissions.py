"""Who may do what: every actor, every act, each denial with what it must leave unchanged."""

import uuid
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts import actions as accounts
from accounts.models import AuditEntry, User
from messaging import access, actions, moderation, queries
from messaging.models import Conversation, Message, Participant, Report

pytestmark = pytest.mark.django_db

INSIDERS = ["shopper", "seller", "colleague"]
OUTSIDERS = ["former_colleague", "other_seller", "stranger", "suspended", "moderator"]


@pytest.fixture
def said(shopper: User, conversation: Conversation) -> Message:
    return actions.send(shopper, conversation.pk, uuid.uuid4(), "Hello")


@pytest.fixture
def actor(request: pytest.FixtureRequest, said: Message) -> User:
    user: User = request.getfixturevalue(request.param)
    return user


@pytest.mark.parametrize("actor", INSIDERS, indirect=True)
def test_both_sides_list_read_catch_up_send_and_mark_read(
    actor: User, said: Message, client_of: Any
) -> None:
    client, address = client_of(actor), said.conversation.get_absolute_url()
    assert said.conversation in queries.conversation_list(actor).rows
    assert "Hello" in client.get("/conversations/").text
    assert "Hello" in client.get(address).text
    assert client.get(f"{address}messages/").json()["messages"][0]["body"] == "Hello"
    form = {"body": "Mine", "client_id": str(uuid.uuid4())}
    assert client.post(f"{address}new_message/", form).status_code == 302
    assert client.post(f"{address}read/", {"sequence": 1}).status_code == 204
    assert Message.objects.filter(sender=actor, body="Mine").exists()
    assert Participant.objects.get(user=actor).last_read_sequence == 1


@pytest.mark.parametrize("actor", OUTSIDERS, indirect=True)
def test_nobody_else_does_any_of_it_and_cannot_tell_that_it_exists(
    actor: User, said: Message, client_of: Any
) -> None:
    assert not queries.conversation_list(actor).rows
    with pytest.raises(Http404):
        access.conversation_for(actor, said.conversation_id)
    client = client_of(actor)
    form = {"body": "Mine", "client_id": str(uuid.uuid4()), "sequence": 1, "reason": "spam"}
    expected = 302 if not actor.is_active else 404  # a suspended person is not logged in at all
    for pk in (said.conversation_id, said.conversation_id + 999):
        for path in ("", "messages/", "read.gif?sequence=1", "messages/1/report/"):
            assert client.get(f"/conversation/{pk}/{path}").status_code == expected
        for path in ("new_message/", "read/", "messages/1/report/"):
            assert client.post(f"/conversation/{pk}/{path}", form).status_code == expected
    assert Message.objects.count() == 1
    assert not Participant.objects.exists()
    assert not Report.objects.exists()


def test_a_visitor_is_sent_to_the_login_and_a_script_told_401(
    said: Message, client_of: Any
) -> None:
    client, address = client_of(None), said.conversation.get_absolute_url()
    assert client.get(address).headers["Location"].startswith("/accounts/login/")
    assert client.get("/conversations/").status_code == 302
    answer = client.get(f"{address}messages/", headers={"accept": "application/json"})
    assert answer.status_code == 401
    assert client.post(f"{address}new_message/", {"body": "x"}).status_code == 302
    assert Message.objects.count() == 1


def test_the_other_side_reports_a_message_once_and_ones_own_side_does_not(
    shopper: User, seller: User, said: Message
) -> None:
    first = moderation.report(seller, said.conversation_id, 1, "spam", "Look")
    again = moderation.report(seller, said.conversation_id, 1, "abuse", "Again")
    assert first == again
    with pytest.raises(Http404):
        moderation.report(shopper, said.conversation_id, 1, "spam", "")
    assert Report.objects.get().reason == "spam"


@pytest.mark.parametrize("actor", [*INSIDERS, "stranger", "other_seller"], indirect=True)
def test_who_is_not_staff_neither_looks_nor_removes_nor_suspends(
    actor: User, said: Message, stranger: User, client_of: Any
) -> None:
    for act in (
        lambda: moderation.look(actor, said.conversation_id),
        lambda: moderation.remove_message(actor, said.pk, "why"),
        lambda: accounts.suspend(actor, stranger.pk, "why"),
    ):
        with pytest.raises(PermissionDenied):
            act()
    client = client_of(actor)
    for path in (
        f"messaging/conversation/{said.conversation_id}/thread/",
        f"messaging/conversation/message/{said.pk}/remove/",
        f"accounts/user/{stranger.pk}/suspend/",
    ):
        assert client.post(f"/admin/{path}", {"reason": "why"}).status_code in (302, 403)
    said.refresh_from_db()
    stranger.refresh_from_db()
    assert said.removed_at is None
    assert stranger.is_active
    assert not AuditEntry.objects.exists()


def test_a_moderator_looks_removes_and_suspends_and_each_is_on_record(
    moderator: User, shopper: User, seller: User, said: Message, client_of: Any
) -> None:
    moderation.look(moderator, said.conversation_id)
    moderation.remove_message(moderator, said.pk, "Phone number")
    moderation.remove_message(moderator, said.pk, "Twice")
    accounts.suspend(moderator, shopper.pk, "Scam")
    accounts.restore(moderator, shopper.pk, "Appeal")
    record = list(AuditEntry.objects.order_by("pk").values_list("verb", "subject", "reason"))
    assert record == [
        ("conversation.looked", f"conversation:{said.conversation_id}", ""),
        ("message.removed", f"message:{said.pk}", "Phone number"),
        ("user.suspended", f"user:{shopper.pk}", "Scam"),
        ("user.restored", f"user:{shopper.pk}", "Appeal"),
    ]
    page = client_of(seller).get(f"/conversation/{said.conversation_id}/messages/?since=1").json()
    assert [(m["body"], m["removed"], m["revision"]) for m in page["messages"]] == [("", True, 2)]
    said.refresh_from_db()
    assert said.body == "Hello"  # kept for staff
