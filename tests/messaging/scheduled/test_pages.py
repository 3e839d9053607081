"""Scheduling with forms; the shopper sees nothing of it."""

import re
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.utils import timezone

from accounts.models import User
from catalog.factories import ShopMemberFactory
from messaging.factories import ConversationFactory
from messaging.models import Conversation, Message, OpeningHours, ScheduledMessage
from messaging.scheduled import delivery, queries
from tests.said import say
from tests.sockets import next_frame

pytestmark = pytest.mark.django_db(transaction=True)

Schedule = Callable[..., ScheduledMessage]
WORDS = "Opaline words nobody else uses"


def local(time: datetime) -> str:
    return f"{timezone.localtime(time):%Y-%m-%dT%H:%M}"


def form(time: str, **given: str) -> dict[str, str]:
    return {"body": WORDS, "client_id": str(uuid.uuid4()), "send_at": time, **given}


def test_a_button_of_the_composer_schedules(
    asked: Conversation, seller: User, colleague: User, client_of: Any, later: datetime
) -> None:
    client, address = client_of(seller), asked.get_absolute_url()
    answer = client.post(f"{address}scheduled/", form(later.isoformat(), only_if_quiet="on"))
    assert answer.url == address
    row = ScheduledMessage.objects.get()
    assert (row.body, row.send_at, row.only_if_quiet) == (WORDS, later, True)
    assert WORDS in client_of(colleague).get(address).text


def test_a_form_asks_for_the_time_and_keeps_the_text(
    asked: Conversation, seller: User, client_of: Any, later: datetime
) -> None:
    client, address = client_of(seller), f"{asked.get_absolute_url()}scheduled/"
    assert WORDS in client.post(address, form("choose")).text
    refused = client.post(address, form("2020-01-01T09:00"))
    assert refused.status_code == 400
    assert WORDS in refused.text
    assert "That time has passed." in refused.text
    assert 'value="2020-01-01T09:00"' in refused.text
    assert client.post(address, form(local(later))).status_code == 302
    assert ScheduledMessage.objects.get().send_at == later.replace(second=0, microsecond=0)


def test_a_quote_is_kept_by_the_form_and_shown_to_the_team(
    asked: Conversation, seller: User, client_of: Any, later: datetime
) -> None:
    client, address = client_of(seller), f"{asked.get_absolute_url()}scheduled/"
    page = client.post(address, form("choose", quote="1")).text
    assert 'name="quote" value="1"' in page
    assert "Is it glazed?" in page
    assert client.post(address, form(later.isoformat(), quote="1")).status_code == 302
    row = ScheduledMessage.objects.get()
    assert row.quote == 1
    assert "Is it glazed?" in client.get(address).text
    again = {**form(later.isoformat()), "revision": str(row.revision), "body": "Other words"}
    assert "Is it glazed?" in client.get(f"{address}{row.pk}/").text
    assert client.post(f"{address}{row.pk}/", again).status_code == 302
    row.refresh_from_db()
    assert (row.body, row.quote) == ("Other words", 1)


@pytest.mark.parametrize("quote", ["x", "-1", "2", "9" * 5000, "1e3"])
def test_a_quote_that_cannot_be_is_refused_in_words(
    quote: str, asked: Conversation, seller: User, client_of: Any, later: datetime
) -> None:
    address = f"{asked.get_absolute_url()}scheduled/"
    refused = client_of(seller).post(address, form(later.isoformat(), quote=quote))
    assert refused.status_code == 400
    assert WORDS in refused.text
    assert not ScheduledMessage.objects.exists()


def test_the_next_opening_is_offered_to_shops_with_hours(
    asked: Conversation, seller: User, client_of: Any
) -> None:
    client, address = client_of(seller), asked.get_absolute_url()
    assert "At opening time" not in client.get(address).text
    spans = [[[9 * 60, 17 * 60]]] * 7
    OpeningHours.objects.create(shop=asked.shop, week=spans, days_off={})
    now = timezone.now()
    opening = queries.next_opening(asked, now)
    assert opening is not None
    assert now < opening <= now + timedelta(days=1)
    assert opening.astimezone(ZoneInfo(asked.shop.time_zone)).hour == 9
    page = client.get(address).text
    assert "At opening time" in page
    [value] = re.findall(r'name="send_at" value="([^"c]+)"', page)[:1]
    assert client.post(f"{address}scheduled/", form(value)).status_code == 302
    assert ScheduledMessage.objects.get().send_at == opening


@pytest.mark.parametrize(
    ("time", "words"),
    [
        ("2027-03-28T02:30", "doesn&#x27;t exist"),
        ("2027-10-31T02:30", "comes twice"),
        ("soon", "Enter a day and a time."),
        ("9999-12-31T23:59:00-23:00", "Enter a day and a time."),
        ("0001-01-01T00:00", "That time has passed."),
        ("", "This field is required."),
        ("2027-02-30T09:00", "Enter a day and a time."),
    ],
)
def test_a_time_that_cannot_be_is_refused_in_words(
    time: str, words: str, asked: Conversation, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    client.cookies["timezone"] = "Europe/Madrid"
    answer = client.post(f"{asked.get_absolute_url()}scheduled/", form(time))
    assert answer.status_code == 400
    assert words in answer.text
    assert not ScheduledMessage.objects.exists()


def test_a_form_sent_again_with_new_words_is_another_message(
    asked: Conversation, seller: User, client_of: Any, later: datetime
) -> None:
    client, address = client_of(seller), f"{asked.get_absolute_url()}scheduled/"
    first = form(later.isoformat())
    for values in (first, first, {**first, "body": "Other"}, {**first, "body": "Other"}):
        assert client.post(address, values).status_code == 302
    assert ScheduledMessage.objects.count() == 2


def test_a_form_sent_again_for_another_time_is_another_message(
    asked: Conversation, seller: User, client_of: Any, later: datetime
) -> None:
    client, address = client_of(seller), f"{asked.get_absolute_url()}scheduled/"
    first = form(later.isoformat())
    times = [later, later + timedelta(hours=1), later + timedelta(hours=2)]
    for time in (*times, *times):
        values = {**first, "send_at": time.isoformat()}
        assert client.post(address, values).status_code == 302
    rows = ScheduledMessage.objects.order_by("send_at")
    assert [row.send_at for row in rows] == times


def test_a_form_sent_again_after_its_message_was_cancelled_schedules(
    asked: Conversation, seller: User, client_of: Any, later: datetime
) -> None:
    client, address = client_of(seller), f"{asked.get_absolute_url()}scheduled/"
    first = form(later.isoformat())
    client.post(address, first)
    client.post(f"{address}{ScheduledMessage.objects.get().pk}/", {"act": "cancel"})
    for _click in range(2):
        assert client.post(address, first).status_code == 302
    waiting = ScheduledMessage.objects.filter(state=delivery.State.WAITING)
    assert (waiting.count(), ScheduledMessage.objects.count()) == (1, 2)


def test_tomorrow_is_the_day_after_the_press(
    asked: Conversation, seller: User, client_of: Any
) -> None:
    """The page may be from yesterday."""
    form = {"body": "Good morning!", "send_at": "tomorrow", "client_id": uuid.uuid4()}
    with time_machine.travel("2027-03-02T08:00Z"):
        client = client_of(seller)
        client.cookies["timezone"] = "Europe/Madrid"
        client.post(f"/conversation/{asked.pk}/scheduled/", form)
    assert ScheduledMessage.objects.get().send_at == datetime(2027, 3, 3, 8, tzinfo=UTC)


def test_a_time_in_a_doubled_hour_survives_an_edit(
    schedule: Schedule, asked: Conversation, seller: User, client_of: Any
) -> None:
    second_half_past_two = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    with time_machine.travel("2027-10-30T10:00Z"):
        row = schedule(send_at=second_half_past_two)
        client = client_of(seller)
        client.cookies["timezone"] = "Europe/Madrid"
        address = f"/conversation/{asked.pk}/scheduled/{row.pk}/"
        assert 'value="2027-10-31T02:30"' in client.get(address).text
        form = {"body": "Other words.", "send_at": "2027-10-31T02:30", "revision": row.revision}
        assert client.post(address, form).status_code == 302
    row.refresh_from_db()
    assert (row.body, row.send_at) == ("Other words.", second_half_past_two)


def test_what_is_done_has_no_form(
    schedule: Schedule, asked: Conversation, seller: User, client_of: Any
) -> None:
    rows = schedule(), schedule()
    address = f"/conversation/{asked.pk}/scheduled/"
    client = client_of(seller)
    for row, act, words in (
        (rows[0], "cancel", "This message has been cancelled."),
        (rows[1], "send", "This message has already been sent."),
    ):
        assert "Yes, inside too." in client.get(f"{address}{row.pk}/").text
        client.post(f"{address}{row.pk}/", {"act": act})
        answer = client.get(f"{address}{row.pk}/")
        assert (answer.status_code, answer["location"]) == (302, asked.get_absolute_url())
        assert words in client.get(answer["location"]).text


def test_an_edit_of_something_changed_shows_both(
    schedule: Schedule, seller: User, colleague: User, client_of: Any, later: datetime
) -> None:
    row = schedule()
    address = f"{row.conversation.get_absolute_url()}scheduled/{row.pk}/"
    values = form(local(later), revision="1")
    assert "Yes, inside too." in client_of(seller).get(address).text
    assert client_of(colleague).post(address, {**values, "body": "Theirs"}).status_code == 302
    stale = client_of(seller).post(address, {**values, "body": "Mine"})
    assert stale.status_code == 409
    assert "Theirs" in stale.text
    assert "Mine" in stale.text
    assert (
        client_of(seller).post(address, {**values, "body": "Mine", "revision": "2"}).status_code
        == 302
    )
    assert ScheduledMessage.objects.get().body == "Mine"


def test_a_page_lists_what_waits_and_offers_the_acts(
    schedule: Schedule, seller: User, shopper: User, asked: Conversation, client_of: Any
) -> None:
    schedule()
    say(shopper, asked, "Hello?")
    page = client_of(seller).get(asked.get_absolute_url()).text
    assert "1 message scheduled" in page
    assert "The shopper has written since" in page
    for act in ("Edit", "Send now", "Cancel"):
        assert act in page


def test_failed_ones_say_why(
    schedule: Schedule,
    seller: User,
    shopper: User,
    asked: Conversation,
    client_of: Any,
    pass_time: Any,
) -> None:
    schedule()
    say(shopper, asked, "Hello?")
    pass_time()
    delivery.due()
    page = client_of(seller).get(asked.get_absolute_url()).text
    assert "The shopper wrote first." in page
    row = ScheduledMessage.objects.get()
    client_of(seller).post(f"{asked.get_absolute_url()}scheduled/{row.pk}/", {"act": "cancel"})
    assert "The shopper wrote first." not in client_of(seller).get(asked.get_absolute_url()).text


def test_the_shopper_s_pages_don_t_change(
    schedule: Schedule, shopper: User, asked: Conversation, client_of: Any
) -> None:
    client, address = client_of(shopper), asked.get_absolute_url()
    pages = [address, "/conversations/", f"{address}messages/?since=0", "/notifications/"]
    before = [client.get(page).text for page in pages]
    row = schedule(body=WORDS)
    after = [client.get(page).text for page in pages]
    for text in after:
        assert WORDS not in text
        assert not any(name in text for name in ("trato-scheduled", "trato-send-later"))
    assert [len(text) for text in before] == [len(text) for text in after]
    for path in ("scheduled/", f"scheduled/{row.pk}/"):
        assert client.get(address + path).status_code == 404
        assert client.post(address + path, {"act": "cancel"}).status_code == 404
    asked.refresh_from_db()
    assert (asked.last_sequence, asked.revision) == (1, 1)


async def test_colleagues_are_told_and_the_shopper_is_not(
    schedule: Schedule, shopper: User, colleague: User, asked: Conversation, socket_of: Any
) -> None:
    theirs, own = await socket_of(shopper), await socket_of(colleague)
    for socket in (theirs, own):
        await next_frame(socket, "session.ready")
    row = await sync_to_async(schedule)(body=WORDS)
    changed = await next_frame(own, "scheduled.changed")
    assert changed == {"type": "scheduled.changed", "conversation": asked.pk}
    await sync_to_async(ScheduledMessage.objects.update)(send_at=timezone.now() - timedelta(1))
    assert await sync_to_async(delivery.due)() == 1
    created = await next_frame(own, "message.created")
    assert created["body"] == WORDS
    first = await theirs.receive_json_from(timeout=60)
    while first["type"] == "badge":
        first = await theirs.receive_json_from(timeout=60)
    assert (first["type"], first["body"]) == ("message.created", WORDS)
    assert first["client_id"] != str(row.client_id)
    assert await sync_to_async(Message.objects.count)() == 2


async def test_a_shopper_on_the_team_is_not_told_about_themselves(
    schedule: Schedule, shopper: User, stranger: User, asked: Conversation, socket_of: Any
) -> None:
    def join() -> tuple[User, Conversation]:
        User.objects.filter(pk=shopper.pk).update(role=User.Role.SELLER)
        ShopMemberFactory(shop=asked.shop, user=User.objects.get(pk=shopper.pk))
        other = ConversationFactory(consumer=stranger, shop=asked.shop)
        return User.objects.get(pk=shopper.pk), other

    joined, other = await sync_to_async(join)()
    socket = await socket_of(joined)
    await next_frame(socket, "session.ready")
    for where in (asked, other):
        await sync_to_async(schedule)(conversation_id=where.pk)
    frame = await next_frame(socket, "scheduled.changed")
    assert frame["conversation"] == other.pk
