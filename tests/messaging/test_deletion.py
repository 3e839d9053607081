"""Traces of people in conversations after their account is deleted."""

import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from accounts import deletion
from accounts.models import User
from catalog.factories import ShopMemberFactory
from messaging import actions
from messaging.factories import ConversationFactory, MessageFactory, ReportFactory
from messaging.models import Conversation, Message, Participant, Report
from messaging.moderation import actions as moderation
from messaging.triage import actions as triage
from notifications.models import News, Notification
from tests.sockets import closed_with, next_frame, send
from trato.errors import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_words_disappear_everywhere_and_the_others_stay(
    talk: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    pages = [
        "/conversations/",
        talk.get_absolute_url(),
        "/notifications/",
        "/conversations/?q=secret",
    ]
    assert all("secret" in client.get(page).text for page in pages)
    deletion.delete_account(shopper.pk)
    for page in pages:
        text = client.get(page).text.replace('value="secret"', "").replace("q=secret", "")
        assert "secret" not in text, page
        assert "Lucía" not in text, page
    thread = client.get(talk.get_absolute_url()).text
    assert "We have two left" in thread
    assert "Deleted account" in thread
    assert "This message was deleted together with the account." in thread
    assert not Message.objects.filter(body__contains="secret").exists()
    assert not News.objects.filter(excerpt__contains="secret").exists()
    assert not Notification.objects.exists()
    assert not Participant.objects.filter(user=shopper).exists()


def test_the_reader_sees_it_in_their_language(
    talk: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    deletion.delete_account(shopper.pk)
    page = client_of(seller).get(talk.get_absolute_url(), headers={"accept-language": "es"})
    assert "Cuenta eliminada" in page.text


def test_each_emptied_message_is_a_change_that_pages_catch_up_with(
    talk: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    before = talk.revision
    deletion.delete_account(shopper.pk)
    talk.refresh_from_db()
    answer = client_of(seller).get(f"{talk.get_absolute_url()}messages/?since={before}").json()
    assert [(one["sequence"], one["revision"]) for one in answer["messages"]] == [
        (1, before + 2),
        (3, before + 3),
    ]
    assert {(one["body"], one["removed"], one["sender"]["name"]) for one in answer["messages"]} == {
        ("", True, "")
    }
    assert talk.revision == before + 3  # the end is a change of its own


def test_nobody_writes_there_any_more(
    talk: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    assert "<trato-composer" in client.get(talk.get_absolute_url()).text
    deletion.delete_account(shopper.pk)
    page = client.get(talk.get_absolute_url()).text
    assert "<trato-composer" not in page
    assert "This shopper has deleted their account." in page
    count = Message.objects.count()
    with pytest.raises(Refused, match="forbidden"):
        actions.send(seller, talk.pk, uuid.uuid4(), "Still there?")
    with pytest.raises(Http404):
        actions.send(shopper, talk.pk, uuid.uuid4(), "Still here")
    assert Message.objects.count() == count


async def test_open_sockets_end(shopper: User, conversation: Conversation, socket_of: Any) -> None:
    socket = await socket_of(shopper)
    await next_frame(socket, "session.ready")
    await sync_to_async(deletion.delete_account)(shopper.pk)
    assert await closed_with(socket) in (4401, 4403)


async def test_the_other_side_sees_it_happen(
    talk: Conversation, shopper: User, seller: User, socket_of: Any
) -> None:
    socket = await socket_of(seller)
    await next_frame(socket, "session.ready")
    await sync_to_async(deletion.delete_account)(shopper.pk)
    changed = await next_frame(socket, "message.changed")
    assert (changed["body"], changed["removed"]) == ("", True)
    assert changed["sender"] == {"id": shopper.pk, "name": ""}


async def test_the_other_side_hears_that_it_has_ended(
    talk: Conversation, shopper: User, seller: User, socket_of: Any
) -> None:
    socket = await socket_of(seller)
    await next_frame(socket, "session.ready")
    opening = {"type": "conversation.open", "conversation": talk.pk}
    await send(socket, **opening, since=talk.revision)
    assert (await next_frame(socket, "conversation.state"))["ended"] is False
    await sync_to_async(deletion.delete_account)(shopper.pk)
    ended = {"type": "conversation.ended", "conversation": talk.pk, "revision": talk.revision + 1}
    frame = await next_frame(socket, "conversation.ended", "message.changed")
    assert frame == ended  # and in the order of revisions
    await send(socket, **opening, since=talk.revision)
    assert (await next_frame(socket, "conversation.state"))["ended"] is True


def test_a_page_without_a_socket_learns_that_it_has_ended(
    talk: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    address = f"{talk.get_absolute_url()}messages/?since={talk.revision}"
    client = client_of(seller)
    assert client.get(address).json()["ended"] is False
    deletion.delete_account(shopper.pk)
    assert client.get(address).json()["ended"] is True


def test_what_a_colleague_wrote_for_the_shop_stays_in_its_name(
    talk: Conversation, colleague: User, shopper: User, client_of: Any
) -> None:
    deletion.delete_account(colleague.pk)
    client = client_of(shopper)
    thread = client.get(talk.get_absolute_url()).text
    assert "We have two left" in thread
    assert "Iker" not in thread
    assert '<p class="message__sender" dir="auto">Barro y Sal</p>' in thread
    assert "<trato-composer" in thread
    actions.send(shopper, talk.pk, uuid.uuid4(), "Still there?")


def test_news_of_a_colleagues_answer_lose_the_name(
    conversation: Conversation, colleague: User, shopper: User
) -> None:
    actions.send(colleague, conversation.pk, uuid.uuid4(), "Two left")
    assert News.objects.get().title == "Iker Sanz · Barro y Sal"
    deletion.delete_account(colleague.pk)
    news = News.objects.get()
    assert (news.title, news.excerpt) == ("Barro y Sal", "Two left")


def test_a_closed_shops_conversations_end_and_the_shoppers_words_stay(
    conversation: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    actions.send(shopper, conversation.pk, uuid.uuid4(), "My own words")
    actions.send(seller, conversation.pk, uuid.uuid4(), "The shop's secret")
    deletion.delete_account(seller.pk)
    thread = client_of(shopper).get(conversation.get_absolute_url()).text
    assert "My own words" in thread
    assert "secret" not in thread
    assert "This shop has closed." in thread
    with pytest.raises(Refused):
        actions.send(shopper, conversation.pk, uuid.uuid4(), "Hello?")


def test_staff_keep_a_reported_message_until_the_report_is_closed(
    talk: Conversation, shopper: User, seller: User, moderator: User
) -> None:
    message = talk.messages.get(sequence=1)
    report = ReportFactory(message=message, reporter=seller)
    deletion.delete_account(shopper.pk)
    message.refresh_from_db()
    assert message.body == "My phone is secret"
    assert message.removed_at is not None  # only staff read it
    moderation.resolve_report(moderator, report.pk, Report.Outcome.DISMISSED, "Harmless")
    message.refresh_from_db()
    assert message.body == ""


def test_the_words_of_a_report_stay_until_it_is_closed(
    talk: Conversation, shopper: User, moderator: User
) -> None:
    message = talk.messages.get(sequence=2)
    report = ReportFactory(message=message, reporter=shopper, words="He was rude")
    deletion.delete_account(shopper.pk)
    report.refresh_from_db()
    assert report.words == "He was rude"
    moderation.resolve_report(moderator, report.pk, Report.Outcome.UPHELD, "Rude")
    report.refresh_from_db()
    message.refresh_from_db()
    assert (report.words, message.body) == ("", "We have two left")


def test_nobody_starts_a_conversation_with_a_deleted_account(
    shopper: User, conversation: Conversation
) -> None:
    shop = conversation.shop
    deletion.delete_account(shopper.pk)
    with pytest.raises(Refused):
        actions.start_conversation(shopper, shop=shop)
    assert Conversation.objects.count() == 1


def test_a_deletion_costs_as_many_queries_however_much_was_written(
    talk: Conversation, shopper: User, stranger: User, product: Any
) -> None:
    other = ConversationFactory(consumer=stranger, product=product)
    for each in (other, talk):
        actions.send(each.consumer, each.pk, uuid.uuid4(), "One more")
    with CaptureQueriesContext(connection) as few:
        deletion.delete_account(stranger.pk)
    talk.refresh_from_db()
    for _ in range(20):
        MessageFactory(conversation=talk)
    with CaptureQueriesContext(connection) as many:
        deletion.delete_account(shopper.pk)
    assert len(many) == len(few)


def test_a_colleague_who_once_asked_another_shop_loses_those_words_only(
    talk: Conversation, colleague: User, other_seller: User
) -> None:
    shop = other_seller.memberships.get().shop
    asked = actions.start_conversation(colleague, shop=shop)
    actions.send(colleague, asked.pk, uuid.uuid4(), "A private question")
    ShopMemberFactory(shop=shop)
    deletion.delete_account(colleague.pk)
    assert not Message.objects.filter(body="A private question").exists()
    assert Message.objects.filter(body="We have two left").exists()


async def test_the_team_sees_that_nobody_takes_care_any_more(
    talk: Conversation, seller: User, colleague: User, socket_of: Any
) -> None:
    await sync_to_async(triage.assign)(seller, [talk.pk], colleague.pk)
    socket = await socket_of(seller)
    await next_frame(socket, "session.ready")
    await sync_to_async(deletion.delete_account)(colleague.pk)
    changed = await next_frame(socket, "team.changed")
    assert (changed["conversation"], changed["assignee"]) == (talk.pk, None)
