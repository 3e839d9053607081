"""After an edit, a withdraw or a removal, nothing that a person can fetch has the old words."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client

from accounts.models import User
from catalog.models import Product
from messaging import actions
from messaging.editing.actions import edit, withdraw
from messaging.factories import ConversationFactory
from messaging.models import Conversation, Message
from messaging.moderation import actions as moderation
from messaging.reactions.actions import react
from tests.bad_input.attack import OF_ALL, fill
from tests.exports import everything_in, exported
from tests.said import say
from tests.sockets import next_frame, send

OLD = "quartzite"  # in no page, unless the message says so
WORDS = f"Is the {OLD} bowl dishwasher proof?"
# The rest of the site knows no messages.
ABOUT_MESSAGES = (
    "/conversation",
    "/notifications",
    "/products/<slug>",
    "/shops/",
    "/saved-replies",
)
PEOPLE = ("shopper", "seller")  # a colleague reads what the seller reads


class Scene:
    """A question and an answer with the same words, quoted, reacted to, and asked again."""

    def __init__(self, shopper: User, seller: User, talk: Conversation, other: User) -> None:
        self.talk, self.sender, self.seller = talk, shopper, seller
        self.client_id = uuid.uuid4()
        actions.send(shopper, talk.pk, self.client_id, WORDS)
        # Asked elsewhere too, so that the question could be suggested.
        self.elsewhere = ConversationFactory(consumer=other, shop=talk.shop)
        say(other, self.elsewhere, "Is the stoneware bowl dishwasher proof?")
        actions.send(seller, talk.pk, uuid.uuid4(), "Yes, it is", quote=1)
        actions.send(seller, talk.pk, uuid.uuid4(), f"The {OLD} one?", quote=1)
        react(seller, talk.pk, 1, "👍")
        actions.send(shopper, talk.pk, uuid.uuid4(), "Yes", quote=3)
        actions.send(shopper, talk.pk, uuid.uuid4(), WORDS)  # the last one, in previews

    def fetched(self, client: Client, person: str, product: Product) -> Iterator[tuple[str, str]]:
        """Yield every address that a person can open, and what is there."""
        talk = self.talk.get_absolute_url()
        values = {"conversation_id": str(self.talk.pk), "slug": product.slug}
        addresses = {
            fill(route, {**values, "sequence": str(sequence)})
            for route in OF_ALL
            if route.startswith(ABOUT_MESSAGES)
            for sequence in (range(1, 6) if "<sequence>" in route else [1])
        }
        addresses |= {
            f"{talk}?{query}" for query in ("before=6", "message=1", "quote=1", "quote=5")
        }
        addresses |= {f"{talk}messages/?since={revision}" for revision in range(12)}
        addresses |= {f"{talk}messages/?before={sequence}" for sequence in (2, 4, 6)}
        addresses |= {f"/conversations/?q=bowl+{word}" for word in ("dishwasher", "proof")}
        addresses |= {"/conversations/?lane=all", "/notifications/unread/?notices=1"}
        addresses.add(f"{self.elsewhere.get_absolute_url()}suggestions/")
        for address in sorted(addresses):
            is_for_scripts = address.startswith(("/conversation", "/notifications"))
            for accept in ("text/html", *(["application/json"] if is_for_scripts else [])):
                answer = client.get(address, headers={"accept": accept})
                if not answer.streaming:
                    yield f"{person} {accept} {address}", answer.text
        yield f"{person} search", self.search(client)
        yield f"{person} export", everything_in(exported(client, self.talk))

    def search(self, client: Client) -> str:
        """Return OLD if a search for it finds anything; its page repeats what was searched for."""
        address = f"/conversations/?q={OLD}"
        rows = client.get(address, headers={"accept": "application/json"}).json()["rows"]
        return OLD if rows else ""

    def repeat(self, client: Client) -> str:
        form = {"client_id": str(self.client_id), "body": WORDS}
        path = f"{self.talk.get_absolute_url()}new_message/"
        return str(client.post(path, form, headers={"accept": "application/json"}).text)


def _edit(scene: Scene, moderator: User) -> None:
    for sequence in (1, 5):
        edit(scene.sender, scene.talk.pk, sequence, "Is the bowl dishwasher proof?")
    edit(scene.seller, scene.talk.pk, 3, "Which one?")


def _withdraw(scene: Scene, moderator: User) -> None:
    for sequence in (1, 5):
        withdraw(scene.sender, scene.talk.pk, sequence)
    withdraw(scene.seller, scene.talk.pk, 3)


def _edit_and_withdraw(scene: Scene, moderator: User) -> None:
    _edit(scene, moderator)
    _withdraw(scene, moderator)


def _remove(scene: Scene, moderator: User) -> None:
    for message in Message.objects.filter(conversation=scene.talk, body__contains=OLD):
        moderation.remove_message(moderator, message.pk, "because")


ACTS: dict[str, Callable[[Scene, User], None]] = {
    "edit": _edit,
    "edit and withdraw": _edit_and_withdraw,
    "remove": _remove,
}


@pytest.fixture
def scene(
    shopper: User, seller: User, colleague: User, conversation: Conversation, stranger: User
) -> Scene:
    return Scene(shopper, seller, conversation, stranger)


@pytest.mark.django_db
def test_before_that_the_words_are_in_many_places(
    scene: Scene, shopper: User, product: Product, client_of: Any
) -> None:
    places = [
        where for where, text in scene.fetched(client_of(shopper), "", product) if OLD in text
    ]
    for part in (
        "messages/?since=0",
        "/conversations/",
        "messages/1/",
        "messages/4/",
        "search",
        "export",
    ):
        assert any(where.endswith(part) for where in places), part


@pytest.mark.django_db
@pytest.mark.parametrize("act", ACTS)
def test_the_old_words_are_nowhere(
    act: str,
    scene: Scene,
    moderator: User,
    product: Product,
    client_of: Any,
    request: pytest.FixtureRequest,
    settings: Any,
) -> None:
    settings.CONVERSATION_SEARCHES_PER_MINUTE = settings.SUGGESTIONS_PER_MINUTE = 10_000
    settings.REQUESTS_PER_MINUTE = 100_000
    ACTS[act](scene, moderator)
    leaked = []
    for person in PEOPLE:
        client = client_of(request.getfixturevalue(person))
        for where, text in scene.fetched(client, person, product):
            if OLD in text and not _may_read(act, person, where):
                leaked.append(where)
        if person == "shopper" and OLD in scene.repeat(client):
            leaked.append("a repeated send")
    assert leaked == []


def _may_read(act: str, person: str, where: str) -> bool:
    """Whether it is the page where the writer's own side reads an earlier text."""
    own = ("messages/1/", "messages/5/") if person == "shopper" else ("messages/3/",)
    return act == "edit" and "text/html" in where and where.endswith(own)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ACTS)
async def test_no_frame_since_any_revision_has_the_old_words(
    act: str, scene: Scene, seller: User, moderator: User, socket_of: Any
) -> None:
    socket = await socket_of(seller)
    await next_frame(socket, "session.ready")
    await sync_to_async(ACTS[act])(scene, moderator)
    top = (await sync_to_async(Conversation.objects.get)(pk=scene.talk.pk)).revision
    for since in range(top + 1):
        await send(socket, type="conversation.open", conversation=scene.talk.pk, since=since)
        while True:  # also all that was announced meanwhile
            frame = await next_frame(
                socket, "message.changed", "message.created", "conversation.state", "error"
            )
            assert OLD not in str(frame)
            if frame["type"] == "conversation.state":
                break
