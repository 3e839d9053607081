"""A shop that is closed on weekends, and a Saturday."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from accounts.models import User
from catalog.models import Shop
from messaging.away import actions, answering
from messaging.models import Conversation, Message
from messaging.opening_hours import actions as opening_hours
from messaging.opening_hours.schedule import Span
from tests.said import say

MADRID = ZoneInfo("Europe/Madrid")
SATURDAY = datetime(2026, 11, 28, 12, tzinfo=MADRID)
WORDS = "We're closed. Back on Monday!"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[time_machine.Traveller]:
    """`clock.shift(seconds)`: let time pass, including the database's."""
    from django.utils import timezone

    for module in ("messaging.away.answering", "messaging.away.actions"):
        monkeypatch.setattr(f"{module}.database_now", timezone.now)
    monkeypatch.setattr(
        "messaging.sending.orm.sanctions.time_to_write", lambda _sender_id: timezone.now()
    )
    answering._decided.clear()
    with time_machine.travel(SATURDAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def closed(shop: Shop, seller: User, clock: time_machine.Traveller) -> Shop:
    """The shop: open on weekdays from 9 to 17, with automatic replies."""
    shop.time_zone = "Europe/Madrid"
    shop.save()
    hours = (Span(9 * 60, 17 * 60),)
    opening_hours.set_week(seller, shop.pk, (*[hours] * 5, (), ()))
    actions.set_words(seller, shop.pk, is_on=True, words=WORDS)
    clock.shift(timedelta(minutes=1))
    return shop


@pytest.fixture
def ask(
    closed: Shop, shopper: User, conversation: Conversation, clock: time_machine.Traveller
) -> Callable[..., list[str]]:
    """`ask()`: let the shopper write, do what is due, and return all automatic replies so far."""

    def ask(who: User = shopper, where: Conversation = conversation) -> list[str]:
        say(who, where, "Is it glazed?")
        clock.shift(1)
        while answering.due(10):
            pass
        rows = Message.objects.filter(conversation=where, is_automatic=True).order_by("sequence")
        return list(rows.values_list("body", flat=True))

    return ask
