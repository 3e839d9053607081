"""A block stops everything between two people, stays hidden from the other, and can be undone."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import deletion
from accounts.models import User
from catalog.factories import ProductFactory
from catalog.models import Product, Shop
from messaging import actions, queries
from messaging.blocks.actions import block, unblock
from messaging.editing.actions import edit, withdraw
from messaging.factories import ConversationFactory
from messaging.models import Block, Conversation, Message, ReadBefore, ScheduledMessage
from messaging.nudges import actions as nudges
from messaging.reactions.actions import react
from messaging.reading.actions import mark_read
from messaging.scheduled import actions as scheduled
from messaging.scheduled.delivery import due
from messaging.triage import actions as triage
from notifications.models import Notification
from tests.digests import digests
from tests.exports import exported, json_of
from tests.said import say
from tests.uploads import PDF, uploaded
from trato.errors import Refused

pytestmark = pytest.mark.django_db

UNDELIVERED = "This message could not be delivered."
CHANGED_BY_SENDS = (Conversation, Message, Notification, ScheduledMessage)


@pytest.fixture
def talk(conversation: Conversation, shopper: User, seller: User) -> Conversation:
    say(shopper, conversation, "Is it glazed?")
    say(seller, conversation, "Yes.")
    ago = timezone.now() - timedelta(days=2)
    Conversation.objects.filter(pk=conversation.pk).update(waiting_since=ago)
    return conversation


@pytest.fixture
def sides(shopper: User, seller: User) -> dict[str, tuple[User, User]]:
    """The person who blocks, and the person who is blocked."""
    return {"shopper": (shopper, seller), "shop": (seller, shopper)}


def later(person: User, talk: Conversation) -> None:
    at = timezone.now() + timedelta(hours=1)
    plan = scheduled.Plan(body="Soon", send_at=at, only_if_quiet=False)
    scheduled.schedule(person, talk.pk, uuid.uuid4(), plan)


def remind(person: User, talk: Conversation) -> None:
    nudges.send(person, talk.pk)


ACTS: dict[str, Callable[[User, Conversation], Any]] = {
    "send": lambda person, talk: say(person, talk, "Hello?"),
    "form": lambda person, talk: actions.send_from_form(person, talk.pk, uuid.uuid4(), "Hello?"),
    "edit": lambda person, talk: edit(person, talk.pk, own(person, talk), "Other words"),
    "react": lambda person, talk: react(person, talk.pk, 1, "👍"),
    "upload": lambda person, talk: uploaded(person, talk, PDF),
}
OF_SHOPS = {"schedule": later, "nudge": remind}


def own(person: User, talk: Conversation) -> int:
    return talk.messages.get(sender=person).sequence


@pytest.mark.parametrize("blocker", ["shopper", "shop"])
@pytest.mark.parametrize("act", [*ACTS, *OF_SHOPS])
def test_neither_side_reaches_the_other_until_it_is_undone(
    act: str, blocker: str, sides: dict[str, tuple[User, User]], talk: Conversation
) -> None:
    perform = {**ACTS, **OF_SHOPS}[act]
    blocking, blocked = sides[blocker]
    block(blocking, talk.pk)
    before = digests(CHANGED_BY_SENDS)
    for person in (blocking, blocked):
        if act in OF_SHOPS and person == talk.consumer:
            continue
        with pytest.raises(Refused) as refused:
            perform(person, talk)
        assert refused.value.code == "blocked"
        is_told = str(refused.value.detail) != UNDELIVERED
        assert is_told == (person == blocking)
    assert digests(CHANGED_BY_SENDS) == before
    unblock(blocking, talk.pk)
    perform(sides["shop"][0] if act in OF_SHOPS else blocked, talk)


def test_words_can_be_taken_back_from_somebody_who_has_blocked(
    talk: Conversation, shopper: User, seller: User
) -> None:
    block(shopper, talk.pk)
    assert withdraw(seller, talk.pk, 2)[0].withdrawn_at


def test_a_block_holds_in_all_conversations_of_the_two_and_no_others(
    talk: Conversation, shopper: User, stranger: User, seller: User, other_seller: User
) -> None:
    second = ConversationFactory(consumer=shopper, product=ProductFactory(shop=talk.shop))
    others = [
        ConversationFactory(consumer=stranger, product=ProductFactory(shop=talk.shop)),
        ConversationFactory(consumer=shopper, product=ProductFactory(shop=_shop(other_seller))),
    ]
    block(shopper, second.pk)
    blocked = Conversation.objects.exclude(blocked_by="").values_list("pk", flat=True)
    assert set(blocked) == {talk.pk, second.pk}
    with pytest.raises(Refused):
        say(seller, talk)
    say(stranger, others[0])
    say(other_seller, others[1])


def _shop(owner: User) -> Shop:
    return Shop.objects.get(memberships__user=owner)


def test_blocks_are_idempotent_and_each_side_undoes_its_own(
    talk: Conversation, shopper: User, seller: User, colleague: User
) -> None:
    assert [block(seller, talk.pk), block(colleague, talk.pk)] == [True, False]
    assert Block.objects.get().by == seller
    assert block(shopper, talk.pk)
    assert sorted(Block.objects.values_list("side", flat=True)) == ["consumer", "seller"]
    assert _blocked_by(talk) == "both"
    assert [unblock(colleague, talk.pk), unblock(seller, talk.pk)] == [True, False]
    assert _blocked_by(talk) == "consumer"
    with pytest.raises(Refused):
        say(seller, talk)
    unblock(shopper, talk.pk)
    assert (_blocked_by(talk), Block.objects.exists(), ReadBefore.objects.exists()) == (
        "", False, False,
    )  # fmt: skip
    say(seller, talk)


def _blocked_by(talk: Conversation) -> str:
    return Conversation.objects.get(pk=talk.pk).blocked_by


@pytest.mark.parametrize("blocker", ["shopper", "shop"])
def test_no_new_conversation_and_the_words_stay_in_the_form(
    blocker: str,
    sides: dict[str, tuple[User, User]],
    talk: Conversation,
    shopper: User,
    client_of: Any,
) -> None:
    block(sides[blocker][0], talk.pk)
    product: Product = ProductFactory(shop=talk.shop)
    client = client_of(shopper)
    for address in (product.get_absolute_url(), talk.shop.get_absolute_url()):
        form = {"body": "And this one?", "client_id": str(uuid.uuid4())}
        answer = client.post(f"{address}contact/", form)
        assert answer.status_code == 403
        assert ">And this one?</textarea>" in answer.text
        assert (UNDELIVERED in answer.text) == (blocker == "shop")
        assert ("/conversations/blocked/" in answer.text) == (blocker == "shopper")
    assert Conversation.objects.count() == 1
    unblock(sides[blocker][0], talk.pk)
    assert client.post(f"{product.get_absolute_url()}contact/", form).status_code == 302
    assert Conversation.objects.count() == 2


def test_a_scheduled_message_fails_once_its_time_has_come(
    talk: Conversation, shopper: User, seller: User
) -> None:
    later(seller, talk)
    block(shopper, talk.pk)
    ScheduledMessage.objects.update(send_at=timezone.now())
    due()
    row = ScheduledMessage.objects.get()
    assert (row.state, row.get_failure_display()) == ("failed", UNDELIVERED)
    assert talk.messages.count() == 2


def test_neither_side_learns_how_far_the_other_reads(
    talk: Conversation, shopper: User, seller: User
) -> None:
    mark_read(seller, talk.pk, 1)
    block(shopper, talk.pk)
    talk.refresh_from_db()
    before = queries.read_marks(talk, seller)
    mark_read(shopper, talk.pk, 2)
    triage.mark_read(seller, [talk.pk])
    assert queries.read_marks(talk, seller)["consumer"] == before["consumer"] == 0
    assert queries.read_marks(talk, shopper) == {"consumer": 2, "seller": 1}
    unblock(shopper, talk.pk)
    talk.refresh_from_db()
    assert queries.read_marks(talk, seller) == {"consumer": 2, "seller": 2}


def test_pages_of_the_blocked_side_say_nothing(
    talk: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    client = client_of(seller)
    paths = [talk.get_absolute_url(), "/conversations/", "/conversations/blocked/"]
    before = [_stable(client.get(path).text) for path in paths]
    block(shopper, talk.pk)
    for path, lines in zip(paths, before, strict=True):
        assert _stable(client.get(path).text) == lines
    assert "data-blocked" in client_of(shopper).get(paths[0]).text


def _stable(page: str) -> list[str]:
    """Return the lines of a page that are the same on every request."""
    changing = (
        "csrfmiddlewaretoken",
        "client_id",
        "nonce",
        "data-now",
        "<time",
        "data-waiting",
        "notified-until",
    )
    return [line for line in page.splitlines() if not any(word in line for word in changing)]


def test_one_sees_own_blocks_and_the_teams_with_who_did_it(
    talk: Conversation, shopper: User, seller: User, colleague: User, client_of: Any
) -> None:
    path = f"{talk.get_absolute_url()}block/"
    assert "Block Barro y Sal?" in client_of(shopper).get(path).text
    client_of(shopper).post(path, {"act": "block"})
    client_of(colleague).post(path, {"act": "block"})
    for person, name, by in ((shopper, "Barro y Sal", ""), (seller, "Lucía Romero", "Iker Sanz")):
        page = client_of(person).get("/conversations/blocked/")
        assert [(row["name"], row["by"]) for row in page.context["rows"]] == [(name, by)]
    answer = client_of(seller).post(
        path, {"act": "unblock", "next": "/conversations/blocked/"}, follow=True
    )
    assert answer.context["rows"] == []
    undo = {"act": "block", "next": "/conversations/blocked/"}
    assert 'value="block"' in answer.text
    answer = client_of(seller).post(path, undo, follow=True)
    assert [row["by"] for row in answer.context["rows"]] == ["Marta Vidal"]


def test_a_script_gets_the_state_and_errors(
    talk: Conversation, shopper: User, seller: User, client_of: Any, settings: Any
) -> None:
    settings.BLOCKS_PER_HOUR = 1
    path, json = f"{talk.get_absolute_url()}block/", {"accept": "application/json"}
    client = client_of(shopper)
    answer = client.post(path, {"act": "block"}, headers=json).json()
    assert answer == {"type": "block.changed", "conversation": talk.pk, "blocked": True}
    assert client.post(path, {"act": "explode"}, headers=json).status_code == 400
    assert client.get(f"{talk.get_absolute_url()}messages/").json()["blocked"] is True
    other = client_of(seller)
    assert other.get(f"{talk.get_absolute_url()}messages/").json()["blocked"] is False
    form = {"body": "Hi", "client_id": str(uuid.uuid4())}
    refused = other.post(f"{talk.get_absolute_url()}new_message/", form, headers=json)
    assert (refused.status_code, refused.json()["code"]) == (403, "blocked")
    assert client.post(path, {"act": "unblock"}, headers=json).status_code == 429
    assert Block.objects.exists()


def test_deleting_an_account_deletes_its_blocks(
    talk: Conversation, shopper: User, colleague: User
) -> None:
    block(colleague, talk.pk)
    deletion.delete_account(colleague.pk)
    assert Block.objects.get().by_id == colleague.pk  # the shop's
    block(shopper, talk.pk)
    deletion.delete_account(shopper.pk)
    assert not Block.objects.exists()
    assert not ReadBefore.objects.exists()
    assert _blocked_by(talk) == ""


def test_a_send_makes_no_query_for_blocks(talk: Conversation, shopper: User, seller: User) -> None:
    say(shopper, talk)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        say(shopper, talk)
    assert not [query for query in captured if "messaging_block" in query["sql"]]


def test_the_page_of_blocks_makes_as_many_queries_for_many_as_for_one(
    talk: Conversation, shopper: User, client_of: Any
) -> None:
    client = client_of(shopper)
    block(shopper, talk.pk)
    client.get("/conversations/blocked/")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            client.get("/conversations/blocked/")
        counts.append(len(captured))
        for _ in range(3):
            block(shopper, ConversationFactory(consumer=shopper, product=ProductFactory()).pk)
    assert counts[0] == counts[1]


def test_the_own_blocks_are_in_an_export_and_nobody_elses(
    talk: Conversation, shopper: User, seller: User, client_of: Any
) -> None:
    block(shopper, talk.pk)
    for person, is_blocked in ((shopper, True), (seller, False)):
        assert json_of(exported(client_of(person), talk))["blocked"] is is_blocked
