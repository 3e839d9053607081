"""Every actor × every act, through the addresses and the socket that a person would use.

A denial leaves the database as it was; its allowed twin is in the same column of the table.
"""

from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction

from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Shop
from messaging.models import (
    Conversation,
)
from tests.messaging.matrix.scene import Scene
from tests.messaging.matrix.table import ACTS, NOT_LOGGED_IN, SIDES
from tests.patience import PATIENCE
from trato import rate_limits

pytestmark = pytest.mark.django_db

PEOPLE = (
    "anonymous", "shopper", "seller", "colleague", "former_colleague", "other_seller", "stranger",
    "suspended", "moderator",
)  # fmt: skip


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
    for act, (perform, allowed, denial) in ACTS.items():
        rate_limits.reset()
        with transaction.atomic():
            status, done = perform(client_of(user), scene, person)
            changed = scene.everything() != before
            transaction.set_rollback(True)  # the next act finds the same scene
        if done != (person in allowed):
            wrong.append((act, "done" if done else "not done", status))
        elif not done:
            expected = turned_away if person in NOT_LOGGED_IN else denial
            if status not in expected or changed:
                wrong.append((act, "changed" if changed else "answered", status))
    assert wrong == []
    assert scene.everything() == before


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
