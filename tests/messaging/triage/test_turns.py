"""Settle and reopen: the turn changes, the lanes count, and both can be undone."""

from typing import Any

import pytest

from accounts import deletion
from accounts.models import User
from messaging import access
from messaging.lanes import queries
from messaging.models import Conversation
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
