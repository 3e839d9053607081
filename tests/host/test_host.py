"""Messaging in another Django project, without knowing its people and goods."""

import asyncio
import json
import sys
import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection
from django.test import Client

from messaging.host import host
from messaging.inbox import queries
from messaging.models import Conversation, Decision, Message, Report
from messaging.reports.actions import report_message
from notifications.models import News
from tests.host.market.models import Item, Partner
from tests.host.people.models import Member
from tests.patience import PATIENCE
from tests.said import say
from tests.unread import unread_count
from trato.audit.models import AuditEntry

pytestmark = pytest.mark.django_db(transaction=True)


async def next_frame(socket: Any, kind: str, **fields: Any) -> dict[str, Any]:
    """Return the next frame of a type with these values."""
    async with asyncio.timeout(PATIENCE):
        while True:
            frame: dict[str, Any] = json.loads(await socket.receive_from(PATIENCE))
            if frame["type"] == kind and fields.items() <= frame.items():
                return frame


async def closed_with(socket: Any) -> int:
    async with asyncio.timeout(PATIENCE):
        while True:
            output = await socket.receive_output(PATIENCE)
            if output["type"] == "websocket.close":
                code: int = output["code"]
                return code


def test_no_app_of_the_demo_shop_is_here() -> None:
    assert not {"accounts", "catalog", "config"} & {name.split(".")[0] for name in sys.modules}


def test_the_migrations_are_complete_here_too() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
    call_command("check", fail_level="ERROR")
    permissions = Group.objects.get(name="Moderators").permissions
    assert permissions.filter(codename="view_member").exists()


def test_a_buyer_asks_from_an_items_page(
    buyer: Member, crew: Member, item: Item, client_of: Any
) -> None:
    client = client_of(buyer)
    page = client.get("/items/bowl/").text
    assert "Your message to Barro y Sal" in page
    assert 'action="/talk/products/bowl/contact/"' in page
    form = {"body": "Is it dishwasher-safe?", "client_id": str(uuid.uuid4())}
    answer = client.post("/talk/products/bowl/contact/", form)
    conversation = Conversation.objects.get()
    assert answer.headers["Location"] == f"/talk/conversation/{conversation.pk}/"
    assert conversation.product_title == "Speckled bowl"
    page = client.get(answer.headers["Location"]).text
    assert "24.50 EUR" in page
    assert "Is it dishwasher-safe?" in page
    refused = client_of(crew).post("/talk/products/bowl/contact/", form)
    assert refused.status_code == 403
    assert "This is your own shop" in refused.text


def test_a_visitor_asks_first_and_logs_in_after(
    buyer: Member, partner: Partner, client: Client
) -> None:
    form = {"body": "Do you ship to Berlin?", "client_id": str(uuid.uuid4())}
    answer = client.post("/talk/shops/barro/contact/", form)
    assert answer.headers["Location"] == "/come-in/?next=/talk/shops/barro/contact/"
    client.force_login(buyer)
    client.get("/talk/shops/barro/contact/")
    assert Message.objects.get().body == "Do you ship to Berlin?"


async def test_what_is_said_over_the_socket_reaches_the_other_side_and_its_badge(
    buyer: Member, crew: Member, conversation: Conversation, client_of: Any, socket_of: Any
) -> None:
    asking, answering = [
        await socket_of(await sync_to_async(client_of)(one)) for one in (buyer, crew)
    ]
    assert await next_frame(answering, "session.ready") == {
        "type": "session.ready", "user": crew.pk, "unread": 0, "notices": 0,
    }  # fmt: skip
    await next_frame(asking, "session.ready")
    frame = {
        "type": "message.send", "conversation": conversation.pk,
        "client_id": str(uuid.uuid4()), "body": "Hello",
    }  # fmt: skip
    await asking.send_to(text_data=json.dumps(frame))
    assert (await next_frame(asking, "message.accepted"))["sequence"] == 1
    heard = await next_frame(answering, "message.created")
    assert heard["sender"] == {"id": buyer.pk, "name": "Lucía Romero"}
    assert (await next_frame(answering, "badge"))["unread"] == 1
    read = {"type": "conversation.read", "conversation": conversation.pk, "sequence": 1}
    await answering.send_to(text_data=json.dumps(read))
    assert (await next_frame(answering, "badge"))["unread"] == 0
    answer = frame | {"client_id": str(uuid.uuid4()), "body": "Hello back"}
    await answering.send_to(text_data=json.dumps(answer))
    heard = await next_frame(asking, "message.created", sequence=2)
    assert heard["sender"]["name"] == "Marta Vidal"
    news = await News.objects.aget(notifications__recipient_id=buyer.pk)
    assert news.title == "Marta Vidal · Barro y Sal"


def test_the_inbox_has_it_and_a_search_finds_it_by_words_and_names(
    buyer: Member, crew: Member, stranger: Member, conversation: Conversation, client_of: Any
) -> None:
    say(buyer, conversation, "Is it dishwasher-safe?")
    client = client_of(crew)
    for words in ("", "?q=dishwasher", "?q=lucia", "?q=speckled", "?unread=1"):
        assert "Lucía Romero" in client.get(f"/talk/conversations/{words}").text, words
    assert "dishwasher" in client_of(buyer).get("/talk/conversations/?q=barro").text  # their name
    for words in ("kiln", "barro"):
        assert "Nothing found" in client.get(f"/talk/conversations/?q={words}").text
    assert "1 unread" in client.get("/news/").text
    assert not queries.conversation_list(stranger).rows
    assert client_of(stranger).get(conversation.get_absolute_url()).status_code == 404


def test_the_host_says_what_an_empty_inbox_shows(
    buyer: Member, crew: Member, conversation: Conversation, client_of: Any
) -> None:
    hint = "Put something on the market, Marta Vidal."
    client = client_of(crew)
    assert hint in client.get("/talk/conversations/").text
    assert hint in client.get("/talk/conversations/rows/").text
    assert hint not in client.get("/talk/conversations/?q=kiln").text
    say(buyer, conversation, "Is it dishwasher-safe?")
    assert hint not in client.get("/talk/conversations/").text


def test_who_leaves_the_crew_loses_its_conversations_and_news(
    buyer: Member, crew: Member, partner: Partner, conversation: Conversation
) -> None:
    say(buyer, conversation, "Hello")
    assert (unread_count(crew.pk), host.is_member(crew.pk, partner.pk)) == (1, True)
    partner.crew.remove(crew)
    assert (unread_count(crew.pk), host.is_member(crew.pk, partner.pk)) == (0, False)
    assert not queries.conversation_list(crew).rows


async def test_staff_read_remove_and_suspend_and_the_open_socket_ends(
    buyer: Member, crew: Member, chief: Member, conversation: Conversation,
    client_of: Any, socket_of: Any,
) -> None:  # fmt: skip
    browser = await sync_to_async(client_of)(buyer)
    socket = await socket_of(browser)
    await next_frame(socket, "session.ready")
    staff = await sync_to_async(client_of)(chief)
    await sync_to_async(work)(buyer, crew, staff, conversation)
    assert await closed_with(socket) == 4403


def work(buyer: Member, crew: Member, staff: Client, conversation: Conversation) -> None:
    """Process a report like a moderator, entirely in the admin."""
    say(buyer, conversation, "Call me at 555 123")
    message = Message.objects.get()
    report = report_message(crew, conversation.pk, 1, Report.Reason.OFF_PLATFORM, "Wants a call")
    page = f"/admin/messaging/report/{report.pk}"
    for address in ("report/", "conversation/?q=lucia", "message/?q=lucia", "participant/?q=ana"):
        assert staff.get(f"/admin/messaging/{address}").status_code == 200
    assert str(conversation.pk) in staff.get("/admin/messaging/conversation/?q=barro").text
    shown = staff.get(f"{page}/change/").text
    assert "Call me at 555 123" in shown
    reason = {"reason": "Wants to pay elsewhere"}
    thread = f"/admin/messaging/conversation/{conversation.pk}/thread/"
    assert "Call me" not in staff.get(thread).text
    staff.post(thread, reason)
    assert "Call me" in staff.get(thread).text
    decide = "/admin/messaging/decision/decide/?"
    form = {**reason, "ground": "terms", "clause": "Pay here", "explanation": "It is said."}
    assert f"{decide}report={report.pk}" in shown
    for about, measure in ((f"message={message.pk}", "remove"), (f"person={buyer.pk}", "suspend")):
        latest = Decision.objects.values_list("pk", flat=True).first() or 0
        answer = staff.post(f"{decide}{about}", {**form, "measure": measure, "seen": latest})
        assert answer.status_code == 302, answer.text
    assert "The sender is suspended." in staff.get(f"{page}/change/").text
    assert not Member.objects.get(pk=buyer.pk).is_active
    verbs = AuditEntry.objects.order_by("pk").values_list("verb", flat=True)
    assert list(verbs) == [
        "conversation.looked", "decision.remove", "decision.suspend",
    ]  # fmt: skip
    assert "decision.suspend" in staff.get("/admin/audit/auditentry/?q=sam@example.com").text
    assert Message.objects.get().removed_at
    assert connection.vendor in ("sqlite", "postgresql")
