"""Undo after random histories: it restores what the action changed, and nothing that others did."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import signing
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from catalog.models import Shop
from messaging.factories import ConversationFactory
from messaging.models import Conversation, ConversationLabel, Participant, Settlement
from messaging.triage import actions, labels, tokens
from notifications.models import Notification
from tests.said import say
from tests.whole import tries
from trato import rate_limits
from trato.errors import Refused

pytestmark = pytest.mark.django_db

OWN = ("archived_sequence", "starred_at", "snoozed_until", "snoozed_sequence", "muted_at")
Act = Callable[[User, list[int]], Any]
ACTS = (
    "archive", "unarchive", "star", "unstar", "snooze", "wake", "mute", "unmute", "mark_unread",
    "settle", "reopen", "assign", "assign_nobody", "label", "unlabel",
)  # fmt: skip


class World:
    """Two conversations of a shop, two colleagues and a label."""

    def __init__(self, seller: User, colleague: User, shop: Shop, shoppers: list[User]) -> None:
        self.people = [seller, colleague]
        self.rows = [ConversationFactory(consumer=one, shop=shop) for one in shoppers]
        for row in self.rows:
            say(row.consumer, row)
            say(seller, row)
            say(row.consumer, row)
        self.label = labels.create(seller, shop.pk, "Urgent", "red")

    def act(self, name: str, person: User, ids: list[int]) -> Any:
        extra: dict[str, list[Any]] = {
            "snooze": [timezone.now() + timedelta(hours=1)],
            "assign": [person.pk],
            "assign_nobody": [None],
            "label": [self.label.pk],
            "unlabel": [self.label.pk],
        }
        function = getattr(actions, name.partition("_nobody")[0])
        return function(person, ids, *extra.get(name, []))

    def state(self) -> dict[Any, Any]:
        """Return everything that an action may change; a missing row is like an empty one."""
        state: dict[Any, Any] = {}
        for row in Participant.objects.all():
            own = {name: value for name in OWN if (value := getattr(row, name)) is not None}
            own |= {"read": row.last_read_sequence} if row.last_read_sequence else {}
            own |= {"unread_from": row.unread_from} if row.unread_from else {}
            if own:
                state["own", row.conversation_id, row.user_id] = own
        for pk, *shared in Conversation.objects.values_list("pk", "assignee", "turn"):
            state["conversation", pk] = shared
        state["labels"] = set(ConversationLabel.objects.values_list("conversation", "label"))
        ringing = Notification.objects.filter(read_at=None)
        state["unread"] = set(ringing.values_list("news__subject_id", "recipient", "is_muted"))
        return state


@pytest.fixture
def world(seller: User, colleague: User, shop: Shop, shopper: User, stranger: User) -> World:
    return World(seller, colleague, shop, [shopper, stranger])


steps = st.lists(
    st.tuples(st.sampled_from([*ACTS, "mark_read", "say"]), st.booleans(), st.booleans()),
    max_size=5,
)


@given(before=steps, name=st.sampled_from(ACTS), second=st.booleans(), both=st.booleans())
@settings(
    max_examples=tries(20),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
def test_undo_restores_what_was_before(
    world: World, before: list[Any], name: str, second: bool, both: bool
) -> None:
    with transaction.atomic():
        point = transaction.savepoint()
        for step, is_second, of_both in before:
            play(world, step, is_second, of_both)
        earlier = world.state()
        outcome = play(world, name, second, both)
        if outcome.undo:
            actions.undo(world.people[second], outcome.undo)
        assert world.state() == earlier
        transaction.savepoint_rollback(point)


@given(name=st.sampled_from(ACTS), after=steps)
@settings(
    max_examples=tries(20),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
def test_undo_leaves_what_others_did_since(world: World, name: str, after: list[Any]) -> None:
    """What the colleague did stays, and changes made after the action are not undone."""
    seller, colleague = world.people
    with transaction.atomic():
        point = transaction.savepoint()
        outcome = play(world, name, False, True)
        acted = world.state()
        for step, _is_second, of_both in after:
            play(world, step, True, of_both)
        before = world.state()
        if outcome.undo:
            undone = actions.undo(seller, outcome.undo)
            assert set(undone.failed.values()) <= {"conflict"}
            if len(undone.failed) == len(world.rows):  # nothing was left as the action made it
                assert world.state() == before
        undone_to = world.state()
        assert own(undone_to, colleague) == own(before, colleague)
        for row in world.rows:
            for then, since, now in zip(
                shared(acted, row), shared(before, row), shared(undone_to, row), strict=True
            ):
                assert now == since or since == then
        transaction.savepoint_rollback(point)


@pytest.mark.parametrize("name", [act for act in ACTS if not act.startswith("assign")])
def test_a_second_click_on_undo_says_the_same_and_changes_nothing(world: World, name: str) -> None:
    seller, ids = world.people[0], [row.pk for row in world.rows]
    opposites = {
        "unarchive": "archive", "unstar": "star", "wake": "snooze", "unmute": "mute",
        "unlabel": "label", "reopen": "settle", "mark_unread": "mark_read",
    }  # fmt: skip
    if name in opposites:
        world.act(opposites[name], seller, ids)
    token = world.act(name, seller, ids).undo
    assert token
    first = actions.undo(seller, token)
    before = world.state(), Settlement.objects.count()
    second = actions.undo(seller, token)
    assert (second.done, second.failed) == (first.done, {})
    assert (world.state(), Settlement.objects.count()) == before


def own(state: dict[Any, Any], person: User) -> dict[Any, Any]:
    return {key: value for key, value in state.items() if key[0] == "own" and key[2] == person.pk}


def shared(state: dict[Any, Any], row: Conversation) -> list[Any]:
    """Return the assignee, the turn and whether there is a label."""
    return [*state["conversation", row.pk], row.pk in {pk for pk, _label in state["labels"]}]


def play(world: World, step: str, is_second: bool, of_both: bool) -> Any:
    person, rows = world.people[is_second], world.rows[: 1 + of_both]
    if step == "say":
        rate_limits.reset()  # many examples would use up its allowance
        return [say(row.consumer, row) for row in rows]
    return world.act(step, person, [row.pk for row in rows])


def test_a_token_is_for_one_person_and_a_short_time(
    world: World, seller: User, colleague: User, shopper: User
) -> None:
    pk = world.rows[0].pk
    token = actions.archive(seller, [pk]).undo
    for person in (colleague, shopper):
        with pytest.raises(Refused):
            actions.undo(person, token)
    with time_machine.travel(timezone.now() + timedelta(seconds=31)), pytest.raises(Refused):
        actions.undo(seller, token)
    for forged in ("", "x", token[:-1] + "!", signing.dumps([seller.pk, "own", [], []])):
        with pytest.raises(Refused):
            actions.undo(seller, forged)
    assert Participant.objects.get(user=seller, conversation=pk).archived_sequence == 3
    with time_machine.travel(timezone.now() + timedelta(seconds=20)):
        assert actions.undo(seller, token).done == [pk]
    assert Participant.objects.get(user=seller, conversation=pk).archived_sequence is None


def test_somebody_who_left_undoes_nothing(world: World, colleague: User) -> None:
    pk = world.rows[0].pk
    token = actions.assign(colleague, [pk], colleague.pk).undo
    colleague.memberships.all().delete()
    assert actions.undo(colleague, token).failed == {pk: "not_found"}
    assert Conversation.objects.get(pk=pk).assignee_id == colleague.pk


def test_a_thousand_fit_into_a_token(seller: User) -> None:
    now = timezone.now()
    changes = [tokens.Change(10**6 + n, [None, n], [now, n + 1]) for n in range(1000)]
    token = tokens.undo(seller, "own", ["starred_at", "archived_sequence"], changes)
    assert len(token) < 30_000
    assert tokens.read(seller, token).changes == changes


def test_undo_gives_nothing_to_somebody_who_left(
    world: World, seller: User, colleague: User
) -> None:
    pk = world.rows[0].pk
    actions.assign(seller, [pk], colleague.pk)
    token = actions.assign(seller, [pk], seller.pk).undo
    colleague.memberships.all().delete()
    assert actions.undo(seller, token).done == [pk]
    assert Conversation.objects.get(pk=pk).assignee_id is None
