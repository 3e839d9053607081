"""Archive, star, snooze: what people do for themselves, without anybody else noticing."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from messaging.models import Conversation, Participant
from messaging.triage.frames import OwnState
from tests.patience import PATIENCE
from tests.said import say

pytestmark = pytest.mark.django_db

Many = Callable[[int], list[Conversation]]
BACK = {"archive": "unarchive", "star": "unstar", "snooze": "wake"}


def state(user: User, conversation: Conversation) -> OwnState:
    conversation.refresh_from_db()
    row = Participant.objects.filter(user=user, conversation=conversation).first()
    return OwnState.of(conversation, row)


def fields(name: str) -> dict[str, str]:
    later = timezone.now() + timedelta(hours=3)
    return {"until": later.isoformat()} if name == "snooze" else {}


def is_on(name: str, own: OwnState) -> bool:
    return {
        "archive": own.archived,
        "star": own.starred,
        "snooze": own.snoozed_until is not None,
    }[name]


@pytest.mark.parametrize("name", BACK)
@pytest.mark.parametrize("person", ["shopper", "seller"])
def test_an_act_its_opposite_and_its_undo(
    name: str,
    person: str,
    talk: Conversation,
    colleague: User,
    act: Any,
    client_of: Any,
    request: pytest.FixtureRequest,
) -> None:
    user = request.getfixturevalue(person)
    client = client_of(user)
    answer = act(client, name, [talk.pk], **fields(name))
    assert (answer["done"], answer["failed"]) == ([talk.pk], {})
    assert is_on(name, state(user, talk))
    assert not is_on(name, state(colleague, talk))
    undone = act(client, "undo", token=answer["undo"])
    assert undone == {"done": [talk.pk], "failed": {}, "undo": ""}
    assert not is_on(name, state(user, talk))
    act(client, name, [talk.pk], **fields(name))
    act(client, BACK[name], [talk.pk])
    assert not is_on(name, state(user, talk))


@pytest.mark.parametrize("name", ["archive", "snooze"])
def test_a_message_brings_it_back_without_a_write(
    name: str, talk: Conversation, seller: User, shopper: User, act: Any, client_of: Any
) -> None:
    act(client_of(seller), name, [talk.pk], **fields(name))
    row = Participant.objects.filter(user=seller).values().get()
    say(shopper, talk)
    assert not is_on(name, state(seller, talk))
    assert Participant.objects.filter(user=seller).values().get() == row


def test_a_snooze_ends_by_itself(
    talk: Conversation, seller: User, act: Any, client_of: Any
) -> None:
    act(client_of(seller), "snooze", [talk.pk], **fields("snooze"))
    with time_machine.travel(timezone.now() + timedelta(hours=4)):
        assert state(seller, talk).snoozed_until is None


def test_a_star_keeps_its_time(talk: Conversation, seller: User, act: Any, client_of: Any) -> None:
    first = act(client_of(seller), "star", [talk.pk])
    again = act(client_of(seller), "star", [talk.pk])
    assert first["undo"]
    assert again == {"done": [talk.pk], "failed": {}, "undo": ""}


def test_foreign_and_unknown_ones_are_named_and_the_rest_is_done(
    talk: Conversation, shopper: User, many: Many, act: Any, client_of: Any
) -> None:
    [foreign] = many(1)
    answer = act(client_of(shopper), "star", [foreign.pk, talk.pk, 10**12, talk.pk, "x"])
    assert answer["done"] == [talk.pk]
    assert answer["failed"] == dict.fromkeys([str(foreign.pk), str(10**12), "0"], "not_found")
    assert Participant.objects.filter(starred_at__isnull=False).count() == 1


def test_a_form_of_a_foreign_one_is_not_found(
    talk: Conversation, stranger: User, shopper: User, client_of: Any
) -> None:
    form = {"act": "star", "conversation": talk.pk, "next": "/conversations/?page=2"}
    assert client_of(stranger).post("/conversations/acts/", form).status_code == 404
    assert not Participant.objects.filter(starred_at__isnull=False).exists()
    answer = client_of(shopper).post("/conversations/acts/", form)
    assert (answer.status_code, answer["Location"]) == (302, "/conversations/?page=2")
    assert Participant.objects.get(starred_at__isnull=False).user == shopper


def test_a_form_only_leads_to_this_site(talk: Conversation, shopper: User, client_of: Any) -> None:
    form = {"act": "star", "conversation": talk.pk, "next": "https://example.org/"}
    answer = client_of(shopper).post("/conversations/acts/", form)
    assert answer["Location"] == "/conversations/"


@pytest.mark.parametrize("number", [1001, 10_000])
def test_too_many_are_refused_in_words(
    number: int, talk: Conversation, seller: User, act: Any, client_of: Any
) -> None:
    ids = [talk.pk, *range(10**9, 10**9 + number - 1)]
    answer = act(client_of(seller), "star", ids, status=400)
    assert (answer["code"], "at most 1000" in answer["detail"]) == ("invalid", True)
    assert not Participant.objects.filter(starred_at__isnull=False).exists()
    assert act(client_of(seller), "star", ids[:1000])["done"] == [talk.pk]


@pytest.mark.parametrize(
    "until",
    ["", "soon", "2026-13-01T10:00Z", "2026-11-28T10:00", "2020-01-01T10:00Z", "9999-12-31T23:59Z"],
)
def test_a_wrong_end_of_a_snooze_is_refused(
    until: str, talk: Conversation, seller: User, act: Any, client_of: Any
) -> None:
    with time_machine.travel("2026-11-27T10:00Z"):
        answer = act(client_of(seller), "snooze", [talk.pk], status=400, until=until)
        assert answer["code"] == "invalid"
        assert state(seller, talk).snoozed_until is None
        act(client_of(seller), "snooze", [talk.pk], until="2026-11-28T10:00+01:00")
        assert state(seller, talk).snoozed_until is not None


def test_an_hour_that_clocks_skip_is_refused_beside_the_field(
    talk: Conversation, seller: User, client_of: Any
) -> None:
    form = {"act": "snooze", "conversation": talk.pk, "until_local": "2027-03-28T02:30"}
    with time_machine.travel("2027-03-01T10:00Z"):
        client = client_of(seller)
        client.cookies["timezone"] = "Europe/Madrid"
        answer = client.post("/conversations/acts/", form)
        assert answer.status_code == 400
        assert "this time doesn&#x27;t exist" in answer.text
        assert 'value="2027-03-28T02:30"' in answer.text
        assert f'name="conversation" value="{talk.pk}"' in answer.text
        form["until_local"] = "2027-03-28T03:30"
        assert client.post("/conversations/acts/", form).status_code == 302
        madrid = ZoneInfo("Europe/Madrid")
        assert state(seller, talk).snoozed_until == datetime(2027, 3, 28, 3, 30, tzinfo=madrid)


@pytest.mark.parametrize("form", [{}, {"act": ""}, {"act": "explode"}, {"act": "star"}])
def test_nonsense_is_refused(form: dict[str, str], seller: User, client_of: Any) -> None:
    for accept in ("application/json", "text/html"):
        answer = client_of(seller).post("/conversations/acts/", form, headers={"Accept": accept})
        assert answer.status_code == 400
    assert not Participant.objects.exists()


def test_many_take_as_many_queries_as_one(
    seller: User, many: Many, act: Any, client_of: Any
) -> None:
    client, costs = client_of(seller), []
    for number in (1, 30):
        ids = [row.pk for row in many(number)]
        with CaptureQueriesContext(connection) as queries:
            answer = act(client, "archive", ids)
        undo = len(queries)
        with CaptureQueriesContext(connection) as queries:
            assert act(client, "undo", token=answer["undo"])["done"] == ids
        costs.append((undo, len(queries)))
    assert costs[0] == costs[1]
    assert max(costs[0]) <= 9


@pytest.mark.django_db(transaction=True)
async def test_only_the_own_tabs_hear_of_it(
    talk: Conversation, seller: User, colleague: User, shopper: User, act: Any, client_of: Any,
    socket_of: Any,
) -> None:  # fmt: skip
    sockets = {user: await socket_of(user) for user in (seller, colleague, shopper)}
    for socket in sockets.values():
        assert (await socket.receive_json_from(timeout=PATIENCE))["type"] == "session.ready"
    client = await sync_to_async(client_of)(seller)
    await sync_to_async(act)(client, "star", [talk.pk])
    frame = await sockets.pop(seller).receive_json_from(timeout=PATIENCE)
    assert frame == {
        "type": "own.changed",
        "conversations": [
            {
                "conversation": talk.pk,
                "archived": False,
                "starred": True,
                "snoozed_until": None,
                "muted": False,
                "unread_from": None,
            }
        ],
    }
    for socket in sockets.values():
        assert await socket.receive_nothing()


def test_acts_are_counted(
    talk: Conversation, seller: User, act: Any, client_of: Any, settings: Any
) -> None:
    settings.ACTS_PER_MINUTE = 1
    act(client_of(seller), "star", [talk.pk])
    assert act(client_of(seller), "unstar", [talk.pk], status=429)["code"] == "rate_limited"
    assert Participant.objects.filter(starred_at__isnull=False).exists()
