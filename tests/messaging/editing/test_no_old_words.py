"""After an edit, a withdraw or a removal, nothing that a person can fetch has the old text.

Nor does anything that is sent to somebody afterwards. The files of a hidden message are gone, too.
"""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core import mail
from django.test import Client

from accounts.models import User
from catalog.models import Product
from messaging import actions
from messaging.editing.actions import edit, withdraw
from messaging.exports import actions as exports
from messaging.exports import building
from messaging.factories import ConversationFactory, SavedReplyFactory
from messaging.files.actions import describe
from messaging.files.models import SIDES, storage
from messaging.models import Conversation, Export, Message, Report
from messaging.reactions.actions import react
from notifications.models import Notification
from tests.exports import everything_in, exported
from tests.messaging.editing.crawl import addresses, fetched
from tests.rulings import remove_message
from tests.said import say
from tests.sockets import next_frame, send
from tests.uploads import PDF, uploaded
from tests.whole import WHOLE, some_of

OLD = "quartzite"  # in no page, unless the message says so
OF_FILES = "basanite"  # in their names, in a description and in the PDF
WORDS = f"Is the {OLD} bowl dishwasher proof?"
MESSAGES = range(1, 7)
OF_SHOPPER, OF_SELLER = (1, 6), (3,)  # the messages with the old text; files are in 6
# One person from each side; the colleague sees what the seller sees.
PEOPLE = ("shopper", "seller", "colleague") if WHOLE else ("shopper", "seller")


class Scene:
    """A question and an answer with the same text, quoted, reacted to, and asked again."""

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
        actions.send(seller, talk.pk, uuid.uuid4(), "Here it is", quote=1)
        pdf = PDF.replace(b"<<>>", OF_FILES.encode())
        self.files = [
            uploaded(shopper, talk, None, f"{OF_FILES}.jpg"),
            uploaded(shopper, talk, pdf, f"{OF_FILES}.pdf"),
        ]
        describe(shopper, talk.pk, self.files[0].pk, f"The {OF_FILES} bowl")
        ids = [file.pk for file in self.files]
        actions.send(shopper, talk.pk, uuid.uuid4(), WORDS, ids)  # the last one, in previews
        self.reply = SavedReplyFactory(shop=talk.shop, body="Hello {{ shopper }}")
        photo = self.files[0]
        self.contents = [
            storage().open(name).read()
            for name in (photo.stored_name(), *map(photo.stored_name, SIDES))
        ]

    def has_old(self, content: bytes, act: str = "") -> bool:
        """Whether a response has the old text or files; an edit leaves the files as they are."""
        if OLD.encode() in content:
            return True
        return act != "edit" and (OF_FILES.encode() in content or content in self.contents)

    def addresses(self, person: User, product: Product) -> Iterator[str]:
        """Yield the URLs that a person can open and that may involve the messages."""
        talk = self.talk.get_absolute_url()
        news = Notification.objects.filter(recipient=person).values_list("pk", flat=True)
        yield from addresses(
            {
                "conversation_id": [self.talk.pk],
                "sequence": MESSAGES,
                "place": [0],
                "file_id": [file.pk for file in self.files],
                "slug": [product.slug, self.talk.shop.slug],
                "notification_id": list(news) or [1],
                "reply_id": [self.reply.pk],
                "export_id": list(Export.objects.values_list("pk", flat=True)),
                "person_id": list(User.objects.values_list("pk", flat=True)),
                "report_id": list(Report.objects.values_list("pk", flat=True)) or [1],
                "view_id": [1],
                "announcement_id": [1],
                "wait_id": [1],
            }
        )
        yield f"{self.elsewhere.get_absolute_url()}suggestions/"
        yield from (f"{talk}?before=7", f"{talk}files/{self.files[0].pk}/thumbnail/?size=large")
        for number in MESSAGES:
            yield from (f"{talk}?message={number}", f"{talk}?quote={number}")
            yield f"{talk}messages/?before={number + 1}"
            yield from (f"{talk}messages/?{place}={number}" for place in ("after", "around"))
        yield from (f"{talk}messages/?since={revision}" for revision in range(14))
        yield from (f"{talk}search/?words={words}" for words in ("bowl", "the", "here"))
        yield from (f"/conversations/?q=bowl+{word}" for word in ("dishwasher", "proof"))
        yield from (f"/conversations/?lane={lane}" for lane in ("ours", "theirs", "settled", "all"))
        yield from ("/conversations/?sort=waiting", "/notifications/unread/?notices=1")

    def found(self, client: Client) -> bool:
        """Whether a search for the word finds anything; its page always repeats the word."""
        answer = client.get(f"/conversations/?q={OLD}", headers={"accept": "application/json"})
        return bool(answer.json()["rows"])

    def told(self, client: Client, person: User) -> Iterator[tuple[str, bytes]]:
        """Do everything possible with the messages; yield the responses."""
        talk, accept = self.talk.get_absolute_url(), {"accept": "application/json"}
        for number in (*OF_SHOPPER, *OF_SELLER):
            form = {"body": "That?", "client_id": str(uuid.uuid4()), "quote": str(number)}
            yield (
                f"quote {number}",
                client.post(f"{talk}new_message/", form, headers=accept).content,
            )
            for reaction in ("👍", ""):
                form = {"act": "react", "reaction": reaction}
                path = f"{talk}messages/{number}/"
                yield f"react to {number}", client.post(path, form, headers=accept).content
        if person == self.sender:
            form = {"client_id": str(self.client_id), "body": WORDS}
            yield "send again", client.post(f"{talk}new_message/", form, headers=accept).content


def _edit(scene: Scene, moderator: User) -> None:
    for sequence in OF_SHOPPER:
        edit(scene.sender, scene.talk.pk, sequence, "Is the bowl dishwasher proof?")
    edit(scene.seller, scene.talk.pk, 3, "Which one?")


def _hide(scene: Scene, moderator: User) -> None:
    edit(scene.sender, scene.talk.pk, 1, "Is the bowl dishwasher proof?")
    for sequence in OF_SHOPPER:
        withdraw(scene.sender, scene.talk.pk, sequence)
    message = Message.objects.get(conversation=scene.talk, sequence=3)
    remove_message(moderator, message.pk, "because")


ACTS: dict[str, Callable[[Scene, User], None]] = {"edit": _edit, "hide": _hide}


@pytest.fixture
def scene(
    shopper: User,
    seller: User,
    colleague: User,
    conversation: Conversation,
    stranger: User,
    no_hurry: None,
    settings: Any,
) -> Scene:
    """The scene, and an export of it that each side has prepared before anything is changed."""
    scene, limit = Scene(shopper, seller, conversation, stranger), settings.EXPORT_DIRECT_MESSAGES
    settings.EXPORT_DIRECT_MESSAGES = 0
    for person in (shopper, seller):
        exports.start(person, conversation.pk)
        building.due(1)
    settings.EXPORT_DIRECT_MESSAGES = limit
    return scene


@pytest.mark.django_db
def test_before_that_the_words_are_in_many_places(
    scene: Scene, seller: User, product: Product, client_of: Any
) -> None:
    client, wanted = client_of(seller), scene.addresses(seller, product)
    places = [where for where, content in fetched(client, wanted) if scene.has_old(content)]
    for part in (
        "messages/?since=0", "/conversations/", "messages/1/", "messages/5/", "?quote=1",
        f"{scene.files[0].pk}/", "/thumbnail/", "size=large", f"{scene.files[1].pk}/",
        "/notifications/", f"/export/{Export.objects.get(owner=seller).pk}/",
    ):  # fmt: skip
        assert any(where.endswith(part) for where in places), part
    assert scene.found(client)
    assert scene.has_old(everything_in(exported(client, scene.talk)).encode())


@pytest.mark.django_db
@pytest.mark.parametrize("act", some_of(reversed(ACTS), 1))
def test_the_old_words_and_files_are_nowhere(
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
    mail.outbox.clear()
    ACTS[act](scene, moderator)
    leaked: list[str] = []
    for name in PEOPLE:
        person: User = request.getfixturevalue(name)
        client = client_of(person)
        wanted, is_first = scene.addresses(person, product), name != "colleague"
        for where, content in fetched(client, wanted, scripts=is_first):
            if scene.has_old(content, act) and not _may_read(act, name, where):
                leaked.append(f"{name} {where}")
        if scene.found(client):
            leaked.append(f"{name} finds it")
        if scene.has_old(everything_in(exported(client, scene.talk)).encode(), act):
            leaked.append(f"{name} exports it")
        for where, content in scene.told(client, person):
            if scene.has_old(content, act):
                leaked.append(f"{name} {where}")
    leaked += [str(sent.subject) for sent in mail.outbox if OLD in str(sent.message())]
    assert leaked == []


def _may_read(act: str, name: str, where: str) -> bool:
    """Whether this is an edited message's page, where its own side may read the earlier text."""
    own = OF_SHOPPER if name == "shopper" else OF_SELLER
    pages = tuple(f"messages/{number}/" for number in own)
    return act == "edit" and "text/html" in where and where.endswith(pages)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", ACTS)
async def test_no_frame_since_then_has_the_old_words(
    act: str,
    scene: Scene,
    shopper: User,
    seller: User,
    colleague: User,
    moderator: User,
    socket_of: Any,
) -> None:
    people = (shopper, seller, colleague)
    listening = [await socket_of(person) for person in people]
    for socket in listening:
        await next_frame(socket, "session.ready")
    await sync_to_async(ACTS[act])(scene, moderator)
    fresh = [await socket_of(person) for person in people]
    top = (await sync_to_async(Conversation.objects.get)(pk=scene.talk.pk)).revision
    for socket in (*listening, *fresh):
        is_fresh = socket in fresh
        for since in range(top + 1) if is_fresh else [top]:
            await send(socket, type="conversation.open", conversation=scene.talk.pk, since=since)
            while True:  # also all that was announced meanwhile
                frame = await next_frame(
                    socket,
                    "message.changed", "message.created", "conversation.state", "inbox.changed",
                    "badge", "error",
                )  # fmt: skip
                # A change after an edit and before the message is withdrawn still has files.
                told = "edit" if frame["type"] == "message.changed" and not is_fresh else act
                assert not scene.has_old(str(frame).encode(), told)
                if frame["type"] == "conversation.state":
                    break
