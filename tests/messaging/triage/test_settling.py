"""Settle and reopen: the turn and the lanes' counts change, and both can be undone."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts import deletion
from accounts.models import User
from messaging import access
from messaging.lanes import queries
from messaging.models import Conversation, Participant
from messaging.triage.actions import assign
from tests.said import say

pytestmark = pytest.mark.django_db


def lanes(user: User) -> dict[str, int]:
    return {name: n for name, n in queries.counts(access.scope_of(user)).items() if n}


def test_settle_reopen_and_undo(
    talk: Conversation, seller: User, shopper: User, act: Any, client_of: Any
) -> None:
    client = client_of(seller)
    asked_at = talk.waiting_since
    assert lanes(seller) == {"ours": 1, "all": 1}
    answer = act(client, "settle", [talk.pk])
    assert lanes(seller) == {"settled": 1, "all": 1}
    assert act(client, "settle", [talk.pk])["undo"] == ""
    act(client, "undo", token=answer["undo"])
    talk.refresh_from_db()
    assert (talk.turn, talk.waiting_since) == ("seller", asked_at)
    answer = act(client, "settle", [talk.pk])
    act(client, "reopen", [talk.pk])
    assert lanes(seller) == {"ours": 1, "all": 1}
    assert act(client, "undo", token=answer["undo"])["failed"] == {str(talk.pk): "conflict"}
    act(client, "settle", [talk.pk])
    say(shopper, talk)
    assert lanes(seller) == {"ours": 1, "all": 1}


def test_reopening_what_waits_changes_nothing(
    talk: Conversation, seller: User, act: Any, client_of: Any
) -> None:
    before = Conversation.objects.values().get()
    assert act(client_of(seller), "reopen", [talk.pk])["undo"] == ""
    assert Conversation.objects.values().get() == before


def test_a_settled_conversation_reopens_for_the_own_side(
    talk: Conversation, seller: User, shopper: User, act: Any, client_of: Any
) -> None:
    client = client_of(shopper)
    act(client, "settle", [talk.pk])
    act(client, "reopen", [talk.pk])
    assert lanes(shopper) == {"ours": 1, "all": 1}
    assert lanes(seller) == {"theirs": 1, "all": 1}


def test_nothing_waits_where_nothing_was_said(
    conversation: Conversation, seller: User, act: Any, client_of: Any
) -> None:
    client = client_of(seller)
    for name in ("settle", "reopen"):
        assert act(client, name, [conversation.pk])["undo"] == ""
    assert lanes(seller) == {}


def test_a_stranger_settles_nothing(
    talk: Conversation, stranger: User, act: Any, client_of: Any
) -> None:
    answer = act(client_of(stranger), "settle", [talk.pk])
    assert answer["failed"] == {str(talk.pk): "not_found"}
    talk.refresh_from_db()
    assert talk.turn == "seller"


def test_an_undo_leaves_a_later_turn_alone(
    talk: Conversation, seller: User, colleague: User, shopper: User, act: Any, client_of: Any
) -> None:
    """A colleague settled what the shopper wrote since, so it looks as it did after the action."""
    answer = act(client_of(seller), "settle", [talk.pk])
    say(shopper, talk)
    act(client_of(colleague), "settle", [talk.pk])
    undone = act(client_of(seller), "undo", token=answer["undo"])
    assert undone["failed"] == {str(talk.pk): "conflict"}
    assert lanes(seller) == {"settled": 1, "all": 1}


@pytest.mark.parametrize("name", ["settle", "archive", "snooze", "mark_read"])
def test_what_one_has_not_seen_is_not_put_away(
    name: str, talk: Conversation, seller: User, shopper: User, act: Any, client_of: Any
) -> None:
    client, until = client_of(seller), (timezone.now() + timedelta(hours=1)).isoformat()
    say(shopper, talk, "One more thing.")
    before = state_of(talk, seller)
    answer = act(client, name, [talk.pk], seen=[talk.last_sequence], until=until)
    assert (answer["failed"], answer["done"]) == ({str(talk.pk): "conflict"}, [])
    assert state_of(talk, seller) == before
    answer = act(client, name, [talk.pk], seen=[talk.last_sequence + 1], until=until)
    assert answer["done"] == [talk.pk]
    assert state_of(talk, seller) != before


def test_a_form_says_why_nothing_was_done(
    talk: Conversation, seller: User, colleague: User, shopper: User, client_of: Any
) -> None:
    client, form = client_of(seller), {"conversation": talk.pk, "next": talk.get_absolute_url()}
    say(shopper, talk, "One more thing.")
    settle = {**form, "act": "settle", "seen": talk.last_sequence}
    page = client.post("/conversations/acts/", settle, follow=True).text
    assert "There is a new message." in page
    assign(colleague, [talk.pk], colleague.pk)
    take = {**form, "act": "assign", "user": seller.pk, "expected": ""}
    page = client.post("/conversations/acts/", take, follow=True).text
    assert "A colleague has just taken this." in page


def test_a_row_of_the_inbox_says_what_its_form_has_seen(
    talk: Conversation, seller: User, shopper: User, client_of: Any
) -> None:
    client = client_of(seller)
    talk.refresh_from_db()
    on_page = f"{talk.pk}:{talk.last_sequence}"
    assert f'name="on_page" value="{on_page}"' in client.get("/conversations/").text
    say(shopper, talk, "One more thing.")
    form = {"act": "settle", "conversation": talk.pk, "next": "/conversations/"}
    form["on_page"] = [f"{talk.pk + 1}:9", on_page]
    assert "There is a new message." in client.post("/conversations/acts/", form, follow=True).text
    form["on_page"] = f"{talk.pk}:{talk.last_sequence + 1}"
    client.post("/conversations/acts/", form)
    assert lanes(seller) == {"settled": 1, "all": 1}


def test_ones_own_answer_needs_no_look(
    talk: Conversation, seller: User, act: Any, client_of: Any
) -> None:
    say(seller, talk, "Here you are.")
    answer = act(client_of(seller), "archive", [talk.pk], seen=[talk.last_sequence])
    assert answer["done"] == [talk.pk]


def test_each_conversation_needs_its_own_look(
    talk: Conversation, seller: User, act: Any, client_of: Any
) -> None:
    act(client_of(seller), "settle", [talk.pk], status=400, seen=[1, 2])
    assert lanes(seller) == {"ours": 1, "all": 1}


def state_of(talk: Conversation, user: User) -> list[Any]:
    own = Participant.objects.filter(conversation=talk, user=user)
    columns = ("archived_sequence", "snoozed_until", "last_read_sequence")
    return [lanes(user), *filter(any, own.values_list(*columns))]


def test_where_nobody_can_write_nobody_is_waited_for(
    talk: Conversation, seller: User, shopper: User, act: Any, client_of: Any
) -> None:
    client = client_of(seller)
    settled = act(client, "settle", [talk.pk])
    deletion.delete_account(shopper.pk)
    refused = {str(talk.pk): "forbidden"}
    assert act(client, "undo", token=settled["undo"])["failed"] == refused
    assert act(client, "reopen", [talk.pk])["failed"] == refused
    assert lanes(seller) == {"settled": 1, "all": 1}
