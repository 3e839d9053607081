"""Every actor × every action, through the URLs and the socket that a person would use.

A denial leaves the database as it was; its allowed twin is in the same column of the table.
"""

from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Shop
from messaging.blocks import actions as blocks
from messaging.decisions.actions import decide
from messaging.decisions.ruling import Ruling
from messaging.models import Conversation
from tests.messaging.matrix.scene import Scene
from tests.messaging.matrix.table import (
    ACTS,
    FOR_VISITORS,
    NOT_LOGGED_IN,
    OPEN_TO_SUSPENDED,
    REACHING,
    SIDES,
)
from tests.patience import PATIENCE
from tests.whole import WHOLE, some_of
from trato import rate_limits

pytestmark = pytest.mark.django_db

PEOPLE = (
    "anonymous", "shopper", "seller", "colleague", "former_colleague", "other_seller", "stranger",
    "suspended", "moderator", "lead", "auditor",
)  # fmt: skip


def acts(person: str) -> list[Any]:
    """Return the actions that a person tries: every second one, unless it is `make test-all`."""
    everything = list(ACTS.items())
    return everything if WHOLE else everything[PEOPLE.index(person) % 2 :: 2]


def reaching_acts() -> list[Any]:
    """Return the actions that reach the other side, and some of the others."""
    everything = list(ACTS.items())
    others = [act for act, _how in everything if act not in REACHING]
    chosen = {*REACHING, *some_of(others, 8)}
    return [(act, how) for act, how in everything if act in chosen]


@pytest.fixture
def scene(
    shopper: User, seller: User, conversation: Conversation, suspended: User, shop: Shop
) -> Scene:
    ShopMemberFactory(shop=shop, user=suspended)  # only the suspension keeps this person out
    return Scene(shopper, seller, conversation)


@pytest.fixture
def user(request: pytest.FixtureRequest, person: str) -> User | None:
    """The account of the parametrized person; None for an anonymous one."""
    return None if person == "anonymous" else request.getfixturevalue(person)


@pytest.mark.parametrize("person", PEOPLE)
def test_who_may_do_what(person: str, user: User | None, scene: Scene, client_of: Any) -> None:
    wrong = []
    # The admin sends everybody to its own login.
    turned_away = {401, 403} if person == "suspended" else {302, 401}
    before = scene.everything()
    client = client_of(user)
    for act, (perform, allowed, denial) in acts(person):
        rate_limits.reset()
        with transaction.atomic():
            status, done = perform(client, scene, person)
            changed = not done and scene.everything() != before
            transaction.set_rollback(True)  # the next action finds the same scene
        if done != (person in allowed):
            wrong.append((act, "done" if done else "not done", status))
        elif not done:
            is_turned_away = person in NOT_LOGGED_IN and act not in OPEN_TO_SUSPENDED
            expected = turned_away if is_turned_away or person == "anonymous" else denial
            if person in NOT_LOGGED_IN and act in FOR_VISITORS:
                expected = {400}  # the form lacks their name
            if status not in expected or changed:
                wrong.append((act, "changed" if changed else "answered", status))
    assert wrong == []
    assert scene.everything() == before


@pytest.mark.parametrize("blocker", ["shopper", "seller"])
@pytest.mark.parametrize("person", ["shopper", "seller"])
def test_what_one_may_do_while_one_side_has_blocked_the_other(
    person: str, blocker: str, user: User, scene: Scene, client_of: Any, request: Any
) -> None:
    blocks.block(request.getfixturevalue(blocker), scene.conversation.pk)
    wrong = []
    before = scene.everything()
    client = client_of(user)
    for act, (perform, allowed, _denial) in reaching_acts():
        if act in ("ask to block", "block") and person == blocker:
            continue  # it is already done
        rate_limits.reset()
        with transaction.atomic():
            status, done = perform(client, scene, person)
            changed = act in REACHING and scene.everything() != before
            transaction.set_rollback(True)
        if done != (person in allowed and act not in REACHING):
            wrong.append((act, "done" if done else "not done", status))
        elif act in REACHING and changed:
            wrong.append((act, "changed", status))
    assert wrong == []


@pytest.mark.parametrize("measure", ["mute", "limit"])
@pytest.mark.parametrize("person", ["shopper", "seller"])
def test_what_a_muted_or_limited_person_may_do(
    person: str, measure: str, user: User, scene: Scene, client_of: Any, moderator: User
) -> None:
    until = timezone.now() + timedelta(days=1)
    reasons: Any = {
        "facts": "Rude",
        "ground": "terms",
        "clause": "Be kind",
        "explanation": "It isn't",
    }
    decide(moderator, user.pk, Ruling(measure=measure, ends_at=until, **reasons))
    wrong = []
    refused = REACHING if measure == "mute" else set()
    before = scene.everything()
    client = client_of(user)
    for act, (perform, allowed, _denial) in reaching_acts():
        rate_limits.reset()
        with transaction.atomic():
            status, done = perform(client, scene, person)
            changed = act in refused and scene.everything() != before
            transaction.set_rollback(True)
        if done != (person in allowed and act not in refused):
            wrong.append((act, "done" if done else "not done", status))
        elif changed:
            wrong.append((act, "changed", status))
    assert wrong == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("person", PEOPLE)
async def test_who_may_open_it_on_the_socket(
    person: str, user: User | None, scene: Scene, socket_of: Any
) -> None:
    before = await sync_to_async(scene.everything)()
    socket = await socket_of(user)
    if person in NOT_LOGGED_IN:
        closed = await socket.receive_output(timeout=PATIENCE)
        assert (closed["type"], closed["code"]) == ("websocket.close", 4403 if user else 4401)
        return
    assert (await socket.receive_json_from(timeout=PATIENCE))["type"] == "session.ready"
    await socket.send_json_to(
        {"type": "conversation.open", "conversation": scene.conversation.pk, "since": 0}
    )
    answer = await socket.receive_json_from(timeout=PATIENCE)
    if person in SIDES:
        assert answer["type"] == "conversation.state"
        assert [m["body"] for m in answer["messages"]] == ["Is it glazed?", "Yes, inside too."]
    else:
        assert (answer["type"], answer["code"]) == ("error", "not_found")
    assert await sync_to_async(scene.everything)() == before
