"""No page, response, frame or list shows a shopper what the team notes or does."""

import json
import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from accounts.models import User
from catalog.factories import ShopMemberFactory
from catalog.models import Shop
from messaging.factories import ConversationFactory
from messaging.models import Conversation, Note
from messaging.notes import actions
from messaging.triage.actions import assign
from tests.patience import PATIENCE
from tests.said import say
from tests.sockets import next_frame

pytestmark = pytest.mark.django_db

WORDS = "Zinnober-Quitte"  # occurs nowhere else


def add(author: User, conversation: Conversation) -> Note:
    return actions.add(author, conversation.pk, uuid.uuid4(), f"{WORDS}: ask {author.name}")


def addresses(conversation: Conversation) -> list[str]:
    """Return every URL of a conversation, and every list that may show it."""
    own = conversation.get_absolute_url()
    return [
        own, f"{own}?before=2", f"{own}messages/?since=0", f"{own}messages/?since=1",
        f"{own}messages/?before=2", f"{own}?around=1", f"{own}messages/?around=1",
        f"{own}search/?words=ask", "/conversations/", "/conversations/rows/",
        f"/conversations/?q={WORDS}", "/notifications/", "/notifications/rows/",
        "/notifications/unread/", "/", f"/shops/{conversation.shop.slug}/",
    ]  # fmt: skip


# Nonces, form tokens, new client IDs, the time: what differs whenever a page is rendered.
RANDOM = re.compile(
    r'nonce="[^"]+"|value="[\w-]{30,}"|mark=\w+|data-notified-until="[^"]+"|data-now="[^"]+"|'
    r"\d?\d:\d\d local time"
)


def everything(client: Client, conversation: Conversation) -> dict[str, str]:
    """Return what a shopper's client gets, by URL."""
    return {one: client.get(one).text for one in addresses(conversation)}


def test_no_page_and_no_answer_of_the_shopper_changes(
    shopper: User,
    seller: User,
    colleague: User,
    shop: Shop,
    conversation: Conversation,
    client_of: Any,
) -> None:
    other = ConversationFactory(consumer=shopper, shop=shop)
    for where in (conversation, other):
        say(shopper, where, "Hello")
        say(seller, where, "Hello back")
    client = client_of(shopper)
    noon = timezone.now().replace(hour=12, minute=0)  # a day begins on neither page
    with time_machine.travel(noon):
        before = everything(client, conversation)
    notes = [add(author, conversation) for author in (seller, colleague, seller)]
    assign(seller, [conversation.pk], colleague.pk)
    with time_machine.travel(noon + timedelta(minutes=1)):  # as on a slow machine
        after = everything(client, conversation)
    for address, text in after.items():
        assert RANDOM.sub("", text) == RANDOM.sub("", before[address]), address
        assert WORDS not in text or f"q={WORDS}" in address
        assert not [note for note in notes if str(note.client_id) in text]
    team = client_of(colleague)
    own = conversation.get_absolute_url()
    assert WORDS in team.get(own).text
    assert f"{seller.name} assigned this to {colleague.name}" in team.get(own).text
    state = team.get(f"{own}notes/").json()
    assert WORDS in state["notes"][0]["body"]
    assert state["assignments"][-1]["assignee"]["id"] == colleague.pk


@pytest.mark.django_db(transaction=True)
async def test_the_shoppers_socket_gets_nothing_and_the_teams_does(
    shopper: User,
    seller: User,
    colleague: User,
    conversation: Conversation,
    socket_of: Callable[..., Any],
    settings: Any,
) -> None:
    settings.SOCKET_HEARTBEAT_SECONDS = 0.1
    await sync_to_async(say)(shopper, conversation, "Hello")
    frames: dict[User, list[dict[str, Any]]] = {shopper: [], colleague: []}
    sockets = {person: await socket_of(person) for person in frames}
    opening = {"type": "conversation.open", "conversation": conversation.pk, "since": 0}
    for socket in sockets.values():
        await socket.send_json_to(opening)
        await next_frame(socket, "conversation.state")
    note = await sync_to_async(add)(seller, conversation)
    created = await next_frame(sockets[colleague], "note.created")
    assert (created["body"], created["number"]) == (note.body, 1)
    while not (await next_frame(sockets[colleague], "heartbeat")).get("team"):
        pass
    await sync_to_async(assign)(colleague, [conversation.pk], seller.pk)
    changed = await next_frame(sockets[colleague], "team.changed")
    assert changed["line"]["actor"]["id"] == colleague.pk
    await sync_to_async(say)(seller, conversation, "Bye")
    beats = 0
    while not beats or not any(one["type"] == "message.created" for one in frames[shopper]):
        frame = await sockets[shopper].receive_json_from(timeout=PATIENCE)
        frames[shopper].append(frame)
        beats += frame["type"] == "heartbeat"
    received = json.dumps(frames[shopper])
    assert {one["type"] for one in frames[shopper]} <= {"heartbeat", "message.created", "badge"}
    for secret in (WORDS, str(note.client_id), "note", "team", "assign", colleague.name):
        assert secret not in received
    revisions = [one["revision"] for one in frames[shopper] if one["type"] == "message.created"]
    assert revisions == [2]  # the message after the note is the next change


@pytest.mark.django_db(transaction=True)
async def test_a_shopper_on_the_team_gets_no_notes_about_themselves(
    shopper: User,
    seller: User,
    stranger: User,
    shop: Shop,
    conversation: Conversation,
    socket_of: Callable[..., Any],
) -> None:
    def join() -> tuple[User, Conversation]:
        User.objects.filter(pk=shopper.pk).update(role=User.Role.SELLER)
        ShopMemberFactory(shop=shop, user=User.objects.get(pk=shopper.pk))
        other = ConversationFactory(consumer=stranger, shop=shop)
        return User.objects.get(pk=shopper.pk), other

    joined, other = await sync_to_async(join)()
    socket = await socket_of(joined)
    await next_frame(socket, "session.ready")
    for where in (conversation, other):
        await sync_to_async(assign)(seller, [where.pk], seller.pk)
        await sync_to_async(add)(seller, where)
    frame = await socket.receive_json_from(timeout=PATIENCE)
    assert (frame["type"], frame["conversation"]) == ("team.changed", other.pk)
