"""The team's counter: one step per change, under a lock, and separate from the conversation's."""

import json
import threading
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction

from accounts.models import User
from catalog.models import Shop
from messaging.factories import ConversationFactory
from messaging.models import Conversation, TeamState
from messaging.team import actions, events
from messaging.team.frames import TeamChanged
from tests.locks import wait_until_somebody_waits_for_a_lock
from tests.patience import PATIENCE
from tests.said import say
from tests.threads import in_threads

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(stranger: User, shop: Shop) -> Conversation:
    """Another conversation of the same shop."""
    return ConversationFactory(consumer=stranger, shop=shop)


def test_each_change_is_one_step(conversation: Conversation, second: Conversation) -> None:
    assert actions.bump([conversation.pk]) == {conversation.pk: 1}
    both = [second.pk, conversation.pk, second.pk]
    assert actions.bump(both) == {conversation.pk: 2, second.pk: 1}
    assert actions.bump([]) == {}


def test_the_conversation_itself_does_not_move(conversation: Conversation) -> None:
    before = Conversation.objects.values().get()
    actions.bump([conversation.pk])
    assert Conversation.objects.values().get() == before


def test_many_conversations_take_as_many_queries_as_one(
    conversation: Conversation, second: Conversation, django_assert_num_queries: Any
) -> None:
    for ids in ([conversation.pk], [conversation.pk, second.pk]):
        with transaction.atomic(), django_assert_num_queries(5):  # two are a savepoint's
            actions.bump(ids)


@pytest.mark.django_db(transaction=True)
def test_changes_at_once_get_different_revisions(
    conversation: Conversation, second: Conversation
) -> None:
    """Even if they lock two conversations in opposite orders."""
    pairs = iter([[conversation.pk, second.pk], [second.pk, conversation.pk]] * 4)
    answers = in_threads(8, lambda: actions.bump(next(pairs)))
    for pk in (conversation.pk, second.pk):
        assert sorted(answer[pk] for answer in answers) == list(range(1, 9))
    assert set(TeamState.objects.values_list("team_revision", flat=True)) == {8}


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one lock for all")
def test_a_send_does_not_wait_for_the_team(shopper: User, conversation: Conversation) -> None:
    with transaction.atomic():
        actions.bump([conversation.pk])
        [sent] = in_threads(1, say, shopper, conversation)
        assert sent.sequence == 1
        waiting = threading.Thread(target=in_threads, args=(1, actions.bump, [conversation.pk]))
        waiting.start()
        wait_until_somebody_waits_for_a_lock()
    waiting.join(timeout=PATIENCE)
    assert TeamState.objects.get().team_revision == 2


@pytest.mark.django_db(transaction=True)
async def test_only_the_team_gets_the_event(
    shopper: User,
    colleague: User,
    other_seller: User,
    moderator: User,
    conversation: Conversation,
    socket_of: Any,
) -> None:
    sockets = {
        user: await socket_of(user) for user in (shopper, colleague, other_seller, moderator)
    }
    for socket in sockets.values():
        assert (await socket.receive_json_from(timeout=PATIENCE))["type"] == "session.ready"
    frame = TeamChanged(conversation=conversation.pk, team_revision=7, assignee=None, labels=[3])
    await sync_to_async(events.changed_many)([(conversation, frame)])
    assert await sockets.pop(colleague).receive_json_from(timeout=PATIENCE) == {
        "type": "team.changed",
        "conversation": conversation.pk,
        "team_revision": 7,
        "assignee": None,
        "labels": [3],
    }
    await sync_to_async(say)(shopper, conversation)  # what the shopper gets is not about the team
    assert "message.created" in await sockets[shopper].receive_from(timeout=PATIENCE)
    for socket in sockets.values():
        assert await socket.receive_nothing()


def test_a_frame_has_only_what_has_changed(
    conversation: Conversation,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    frame = TeamChanged(conversation=conversation.pk, team_revision=2, labels=[])
    sent: list[Any] = []
    monkeypatch.setattr("trato.realtime.groups.send_many", sent.extend)
    with django_capture_on_commit_callbacks(execute=True):
        events.changed_many([(conversation, frame)])
        assert sent == []
    [(names, event)] = sent
    assert names == (f"seller.{conversation.shop_id}",)
    assert "revision" not in event
    assert set(json.loads(event["frame"])) == {"type", "conversation", "team_revision", "labels"}
