"""Every actor × every action of sending later; a denial leaves everything as it was."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Shop
from messaging.models import Message, ScheduledMessage

pytestmark = pytest.mark.django_db

PEOPLE = (
    "anonymous", "shopper", "seller", "colleague", "former_colleague", "other_seller", "stranger",
    "suspended", "moderator",
)  # fmt: skip
TEAM = {"seller", "colleague"}
DENIALS = {"anonymous": {302, 401}, "suspended": {401, 403}}  # others get 404
WORDS = "Secret for later"

Act = Callable[[Client, ScheduledMessage], tuple[int, bool]]


def _form(**given: str) -> dict[str, str]:
    tomorrow = timezone.now() + timedelta(days=1)
    return {"body": "Mine", "send_at": tomorrow.isoformat(), **given}


def _list(row: ScheduledMessage) -> str:
    return f"{row.conversation.get_absolute_url()}scheduled/"


def _schedule(client: Client, row: ScheduledMessage) -> tuple[int, bool]:
    status = client.post(_list(row), _form(client_id=str(uuid.uuid4()))).status_code
    return status, ScheduledMessage.objects.filter(body="Mine").exists()


def _see(client: Client, row: ScheduledMessage) -> tuple[int, bool]:
    answer = client.get(_list(row))
    return answer.status_code, WORDS in answer.text


def _see_one(client: Client, row: ScheduledMessage) -> tuple[int, bool]:
    answer = client.get(f"{_list(row)}{row.pk}/")
    return answer.status_code, WORDS in answer.text


def _change(client: Client, row: ScheduledMessage) -> tuple[int, bool]:
    status = client.post(f"{_list(row)}{row.pk}/", _form(revision="1")).status_code
    return status, ScheduledMessage.objects.get().body == "Mine"


def _cancel(client: Client, row: ScheduledMessage) -> tuple[int, bool]:
    status = client.post(f"{_list(row)}{row.pk}/", {"act": "cancel"}).status_code
    return status, ScheduledMessage.objects.get().state == "cancelled"


def _send(client: Client, row: ScheduledMessage) -> tuple[int, bool]:
    status = client.post(f"{_list(row)}{row.pk}/", {"act": "send"}).status_code
    return status, Message.objects.filter(body=WORDS).exists()


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("act", [_schedule, _see, _see_one, _change, _cancel, _send])
def test_who_may_do_what(
    act: Act,
    person: str,
    schedule: Callable[..., ScheduledMessage],
    suspended: User,
    shop: Shop,
    client_of: Any,
    request: pytest.FixtureRequest,
) -> None:
    row = schedule(body=WORDS)
    ShopMemberFactory(shop=shop, user=suspended)  # only the suspension keeps this person out
    client = client_of(None if person == "anonymous" else request.getfixturevalue(person))
    before = list(ScheduledMessage.objects.values()), Message.objects.count()
    status, done = act(client, row)
    assert done == (person in TEAM)
    if not done:
        assert status in DENIALS.get(person, {404})
        assert (list(ScheduledMessage.objects.values()), Message.objects.count()) == before
