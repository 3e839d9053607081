"""Reminders: one per side and day, without text, never a message and never counted."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.http import Http404
from django.utils import timezone

from accounts import deletion
from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Shop
from messaging.editing.actions import withdraw
from messaging.models import (
    AlertChoice,
    Conversation,
    Message,
    Nudge,
    Participant,
    TeamState,
    Wait,
)
from messaging.nudges.actions import send
from messaging.nudges.answered import due
from messaging.resuming import state_of
from messaging.triage import actions as triage
from notifications.models import Notification
from notifications.queries import Unread, unread_counts
from tests.said import say
from tests.sockets import next_frame
from tests.threads import in_threads
from trato.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)

JSON = {"accept": "application/json"}


@pytest.fixture
def waiting(shopper: User, colleague: User, conversation: Conversation) -> Conversation:
    """The shopper has waited for an answer for two days."""
    say(shopper, conversation, "Is it glazed?")
    return waited(conversation)


def waited(conversation: Conversation, hours: int = 48) -> Conversation:
    since = timezone.now() - timedelta(hours=hours)
    Conversation.objects.filter(pk=conversation.pk).update(waiting_since=since)
    conversation.refresh_from_db()
    return conversation


def everything(conversation: Conversation) -> list[Any]:
    """Return everything that a reminder must leave as it is."""
    models = (Conversation, Message, Participant, TeamState, Wait)
    return [list(model._default_manager.order_by("pk").values()) for model in models]


def unread(*people: User) -> list[Unread]:
    counts = unread_counts([user.pk for user in people])
    return [counts[user.pk] for user in people]


def test_the_other_side_gets_a_notice_and_nothing_else_changes(
    waiting: Conversation, shopper: User, seller: User, colleague: User, client_of: Any
) -> None:
    before, badges = everything(waiting), unread(shopper, seller, colleague)
    send(shopper, waiting.pk)
    assert everything(waiting) == before
    assert unread(shopper) == badges[:1]
    for now, then in zip(unread(seller, colleague), badges[1:], strict=True):
        assert (now.conversations, now.notices) == (then.conversations, then.notices + 1)
    page = client_of(seller).get("/notifications/").text
    assert "Lucía Romero sent you a reminder" in page
    assert "They&#x27;re waiting for your answer about “Speckled bowl”." in page


def test_a_shop_reminds_in_its_own_name(
    conversation: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    say(seller, conversation)
    waited(conversation)
    answer = client_of(seller).post(f"{conversation.get_absolute_url()}nudge/", headers=JSON)
    assert set(answer.json()) == {"type", "conversation", "side", "sent_at"}
    for path in ("/notifications/?notices=1", conversation.get_absolute_url()):
        text = client_of(shopper).get(path).text.partition('role="log"')[0]
        assert "Barro y Sal sent you a reminder" in text
        assert seller.name not in text


def test_the_page_shows_it_until_there_is_an_answer(
    waiting: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    path = waiting.get_absolute_url()
    offer = f'action="{path}nudge/"'
    assert offer in client_of(shopper).get(path).text
    assert offer not in client_of(seller).get(path).text
    row = send(shopper, waiting.pk)
    assert offer not in client_of(shopper).get(path).text
    assert "Reminder sent" in client_of(shopper).get(path).text
    assert "Lucía Romero sent you a reminder" in client_of(seller).get(path).text
    state = client_of(seller).get(f"{path}messages/?since=1").json()
    assert state["nudged"] == {"consumer": row.sent_at.isoformat().replace("+00:00", "Z")}
    say(seller, waiting)
    for user in (seller, shopper):
        assert client_of(user).get(f"{path}messages/?since=1").json()["nudged"] == {}
        assert "eminder" not in client_of(user).get(path).text.partition('role="log"')[0]


def notices(*people: User) -> list[int]:
    return [counts.notices for counts in unread(*people)]


@pytest.mark.parametrize("is_answered", [True, False])
def test_no_bell_counts_a_reminder_that_no_longer_holds(
    is_answered: bool,
    waiting: Conversation,
    shopper: User,
    seller: User,
    colleague: User,
    settings: Any,
) -> None:
    settings.MESSAGE_WITHDRAW_HOURS = 72
    Message.objects.update(created_at=waiting.waiting_since)
    before = notices(seller, colleague)
    send(shopper, waiting.pk)
    assert (due(10), notices(seller, colleague)) == (0, [count + 1 for count in before])
    if is_answered:
        say(seller, waiting)
    else:
        withdraw(shopper, waiting.pk, 1)
    assert (due(10), due(10)) == (1, 0)
    assert notices(seller, colleague) == before


def test_a_shopper_who_has_answered_is_reminded_no_longer_and_a_later_one_counts(
    conversation: Conversation, shopper: User, seller: User, settings: Any
) -> None:
    settings.NUDGE_AGAIN_HOURS = 0
    [before] = notices(shopper)
    for _time in range(2):
        say(seller, conversation)
        waited(conversation)
        send(seller, conversation.pk)
        Nudge.objects.update(sent_at=timezone.now() - timedelta(hours=1))  # no second click
        assert (due(10), notices(shopper)) == (0, [before + 1])
        say(shopper, conversation)
        assert (due(10), notices(shopper)) == (1, [before])


def test_reading_without_scripts_includes_the_reminder(
    waiting: Conversation, shopper: User, seller: User, colleague: User, client_of: Any
) -> None:
    before = notices(seller, colleague)
    send(shopper, waiting.pk)
    page = client_of(seller).get(waiting.get_absolute_url()).text
    image = re.search(r'src="([^"]*read\.gif[^"]*)"', page)
    assert image is not None
    client_of(seller).get(html.unescape(image[1]))
    assert notices(seller, colleague) == [before[0], before[1] + 1]


def test_a_conversation_without_a_reminder_has_an_empty_line(
    waiting: Conversation, seller: User, client_of: Any
) -> None:
    page = client_of(seller).get(waiting.get_absolute_url()).text
    assert re.search(r'<p class="nudge__line"[^>]*></p>', page)  # CSS would show whitespace
    send(waiting.consumer, waiting.pk)
    page = client_of(seller).get(waiting.get_absolute_url()).text
    assert re.search(r'<p class="nudge__line"[^>]*>\s*\w', page)


def test_a_form_leads_back_and_says_what_happened(
    waiting: Conversation, shopper: User, colleague: User, client_of: Any
) -> None:
    client, path = client_of(shopper), waiting.get_absolute_url()
    assert "Reminder sent." in client.post(f"{path}nudge/", follow=True).text
    refused = client_of(colleague).post(f"{path}nudge/", follow=True)
    assert "You&#x27;re not waiting for an answer here." in refused.text


def test_one_per_side_and_day(waiting: Conversation, shopper: User, client_of: Any) -> None:
    first = send(shopper, waiting.pk)
    assert send(shopper, waiting.pk).sent_at == first.sent_at  # a second click
    ago = timezone.now() - timedelta(hours=22, minutes=30)
    Nudge.objects.update(sent_at=ago)
    answer = client_of(shopper).post(f"{waiting.get_absolute_url()}nudge/", headers=JSON)
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert answer.json()["detail"].endswith("You can send another one in 2 hours.")
    assert 0 < answer.json()["retry_after"] <= 5400
    assert Nudge.objects.get().sent_at == ago
    Nudge.objects.update(sent_at=timezone.now() - timedelta(hours=24, minutes=1))
    assert send(shopper, waiting.pk).sent_at > ago
    assert Nudge.objects.count() == 1


def test_a_colleagues_reminder_is_the_sides(
    conversation: Conversation, seller: User, colleague: User
) -> None:
    say(seller, conversation)
    waited(conversation)
    send(seller, conversation.pk)
    with pytest.raises(Refused, match="rate_limited"):
        send(colleague, conversation.pk)
    assert Nudge.objects.get().sender == seller


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer")
def test_two_at_once_are_one(
    conversation: Conversation, shopper: User, seller: User, colleague: User
) -> None:
    say(seller, conversation)
    waited(conversation)
    people = [seller, colleague, seller, colleague]

    def attempt() -> str:
        try:
            send(people.pop(), conversation.pk)
        except Refused as refusal:
            return refusal.code
        return "sent"

    codes = in_threads(4, attempt)
    assert Nudge.objects.count() == 1
    assert set(codes) <= {"sent", "rate_limited"}
    assert codes.count("sent") <= 2  # by one person
    assert unread(shopper)[0].notices == 1


REFUSALS = {
    "nobody waits": "You're not waiting for an answer here.",
    "our turn": "You're not waiting for an answer here.",
    "too early": "You can send a reminder once you've waited for 24 hours.",
    "archived": "You've archived this conversation.",
    "ended": "This conversation has ended.",
    "nobody there": "Nobody can be reminded here at the moment.",
    "too many": "Too many attempts.",
}


@pytest.mark.parametrize("case", REFUSALS)
def test_what_is_not_possible_is_refused_in_words(
    case: str, waiting: Conversation, shopper: User, seller: User, colleague: User, settings: Any
) -> None:
    match case:
        case "nobody waits":
            triage.settle(seller, [waiting.pk])
        case "our turn":
            say(seller, waiting)
            waited(waiting)
        case "too early":
            waited(waiting, hours=23)
        case "archived":
            triage.archive(shopper, [waiting.pk])
        case "ended":
            Conversation.objects.filter(pk=waiting.pk).update(ended_at=timezone.now())
        case "nobody there":
            User.objects.filter(pk__in=(seller.pk, colleague.pk)).update(is_active=False)
        case "too many":
            settings.NUDGES_PER_HOUR = 0
    before = everything(waiting), list(Notification.objects.values())
    with pytest.raises(Refused) as refused:
        send(shopper, waiting.pk)
    assert str(refused.value.detail).startswith(REFUSALS[case])
    assert (everything(waiting), list(Notification.objects.values())) == before
    assert not Nudge.objects.exists()


def test_a_suspended_shopper_is_not_reminded(
    conversation: Conversation, shopper: User, seller: User
) -> None:
    say(seller, conversation)
    waited(conversation)
    User.objects.filter(pk=shopper.pk).update(is_active=False)
    with pytest.raises(Refused, match="forbidden"):
        send(seller, conversation.pk)
    User.objects.filter(pk=shopper.pk).update(is_active=True)
    send(seller, conversation.pk)


def test_who_has_muted_or_archived_it_gets_no_notice(
    waiting: Conversation, shopper: User, seller: User, colleague: User, shop: Shop
) -> None:
    watching = ShopMemberFactory(shop=shop).user
    AlertChoice.objects.create(shop=shop, user=watching, level=AlertChoice.Level.NOTHING)
    triage.mute(seller, [waiting.pk])
    triage.archive(colleague, [waiting.pk])
    send(shopper, waiting.pk)
    assert [one.notices for one in unread(seller, colleague, watching)] == [0, 0, 0]
    assert Nudge.objects.exists()


def test_outsiders_find_no_conversation(waiting: Conversation, stranger: User) -> None:
    with pytest.raises(Http404):
        send(stranger, waiting.pk)


def test_seeing_it_marks_the_notice_as_read(
    waiting: Conversation, shopper: User, seller: User, colleague: User, client_of: Any
) -> None:
    send(shopper, waiting.pk)
    path = f"{waiting.get_absolute_url()}nudge/read/"
    assert client_of(seller).post(path).status_code == 204
    assert [one.notices for one in unread(seller, colleague)] == [0, 1]
    assert client_of(seller).get(path).status_code == 405


def test_nothing_is_left_of_a_deleted_shopper(waiting: Conversation, shopper: User) -> None:
    send(shopper, waiting.pk)
    deletion.delete_account(shopper.pk)
    assert not Nudge.objects.exists()
    assert not Notification.objects.exists()


@pytest.mark.parametrize("since", [0, 1])
def test_an_answer_that_is_stored_while_a_page_is_read_ends_it(
    since: int, waiting: Conversation, shopper: User, seller: User
) -> None:
    send(shopper, waiting.pk)
    waiting.refresh_from_db()
    say(seller, waiting, "Yes, inside too.")  # between the reading of the row and its messages
    state = state_of(waiting, since, shopper)
    assert state.messages[-1].body == "Yes, inside too."
    assert state.nudged == {}


async def test_both_sides_learn_of_it_at_once(
    waiting: Conversation, shopper: User, seller: User, socket_of: Any
) -> None:
    sockets = [await socket_of(user) for user in (shopper, seller)]
    for socket in sockets:
        await next_frame(socket, "session.ready")
    row = await sync_to_async(send)(shopper, waiting.pk)
    for socket in sockets:
        frame = await next_frame(socket, "nudge.sent")
        assert (frame["conversation"], frame["side"]) == (waiting.pk, "consumer")
        assert frame["sent_at"] == row.sent_at.isoformat().replace("+00:00", "Z")
