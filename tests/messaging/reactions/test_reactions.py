"""Reactions: one per person and message; nothing rings, reopens or counts as an answer."""

from typing import Any

import pytest
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from messaging.editing.actions import withdraw
from messaging.figures.actions import catch_up
from messaging.models import Conversation, Message, Reaction, ReplyTime, Wait
from messaging.reactions.actions import react
from notifications.models import News, Notification
from tests.said import say
from tests.sockets import next_frame, send
from trato.errors import Refused

pytestmark = pytest.mark.django_db

THANKS, YES = Reaction.Kind.THANKS.value, Reaction.Kind.YES.value


@pytest.fixture
def said(shopper: User, conversation: Conversation) -> Message:
    return say(shopper, conversation, "Is it glazed?")


def items(client_of: Any, user: User, conversation: Conversation, since: int) -> Any:
    path = f"/conversation/{conversation.pk}/messages/?since={since}"
    return client_of(user).get(path).json()["messages"]


def test_a_person_has_one_reaction_to_a_message_and_both_sides_see_it(
    shopper: User, seller: User, colleague: User, said: Message, client_of: Any
) -> None:
    react(seller, said.conversation_id, 1, YES)
    react(colleague, said.conversation_id, 1, THANKS)
    message, changed = react(seller, said.conversation_id, 1, THANKS)
    assert (changed, message.revision, message.is_reacted) == (True, 4, True)
    people = [{"id": colleague.pk, "name": "Iker Sanz"}, {"id": seller.pk, "name": "Marta Vidal"}]
    for user in (shopper, colleague):
        (item,) = items(client_of, user, said.conversation, since=1)
        assert item["reactions"] == [{"reaction": THANKS, "users": people}]
        assert (item["body"], item["edited"]) == ("Is it glazed?", False)


def test_taking_it_back_leaves_no_trace(seller: User, said: Message, client_of: Any) -> None:
    react(seller, said.conversation_id, 1, YES)
    message, changed = react(seller, said.conversation_id, 1, "")
    assert (changed, message.is_reacted) == (True, False)
    (item,) = items(client_of, seller, said.conversation, since=2)
    assert item["reactions"] == []


def test_the_same_again_and_nothing_to_take_back_change_nothing(
    seller: User, said: Message
) -> None:
    assert react(seller, said.conversation_id, 1, "")[1] is False
    react(seller, said.conversation_id, 1, YES)
    message, changed = react(seller, said.conversation_id, 1, YES)
    assert (changed, message.revision) == (False, 2)


def test_it_neither_rings_nor_reopens_nor_answers(
    shopper: User, seller: User, said: Message, client_of: Any
) -> None:
    say(seller, said.conversation, "Yes, inside too")
    client_of(shopper).post("/conversations/acts/", {
        "act": "settle", "conversation": said.conversation_id,
    })  # fmt: skip
    catch_up(said.conversation.shop_id)

    def state() -> Any:
        catch_up(said.conversation.shop_id)
        return [
            Conversation.objects.values("turn", "waiting_since", "last_message_at").get(),
            list(Notification.objects.order_by("pk").values("recipient", "read_at")),
            list(News.objects.order_by("pk").values("excerpt", "happened_at", "told_at")),
            list(Wait.objects.values("asked_at", "answered_at", "seconds")),
            list(ReplyTime.objects.values("samples", "median_seconds")),
        ]

    before = state()
    react(shopper, said.conversation_id, 2, THANKS)
    react(seller, said.conversation_id, 1, YES)
    assert state() == before
    say(shopper, said.conversation, "One more")
    waiting = state()
    react(seller, said.conversation_id, 3, YES)
    assert state() == waiting  # still the shop's turn


@pytest.mark.parametrize("reaction", ["👎", "👍🏽", "👍👍", "x", " ", "👍 ", "\0", "🙏" * 100])
def test_only_six_reactions_exist(reaction: str, seller: User, said: Message) -> None:
    with pytest.raises(Refused) as refusal:
        react(seller, said.conversation_id, 1, reaction)
    assert refusal.value.code == "invalid"
    assert not Reaction.objects.exists()


def test_a_plain_heart_is_the_red_one(seller: User, said: Message) -> None:
    react(seller, said.conversation_id, 1, "\u2764")
    assert Reaction.objects.get().reaction == Reaction.Kind.LOVE


def test_what_is_gone_or_ended_gets_no_reaction(
    shopper: User, seller: User, stranger: User, said: Message, client_of: Any
) -> None:
    react(seller, said.conversation_id, 1, YES)
    withdraw(shopper, said.conversation_id, 1)
    (item,) = items(client_of, seller, said.conversation, since=1)
    assert item["reactions"] == []
    for sequence, user in ((1, seller), (2, seller)):
        say(shopper, said.conversation)
        if sequence == 2:
            Conversation.objects.update(ended_at=timezone.now())
        with pytest.raises(Refused) as refusal:
            react(user, said.conversation_id, sequence, THANKS)
        assert refusal.value.code == "forbidden"
    for sequence, user in ((9, seller), (2, stranger)):
        with pytest.raises(Http404):
            react(user, said.conversation_id, sequence, YES)


def test_too_many_are_refused(seller: User, said: Message, settings: Any) -> None:
    settings.REACTIONS_PER_MINUTE = 2
    react(seller, said.conversation_id, 1, YES)
    react(seller, said.conversation_id, 1, YES)
    react(seller, said.conversation_id, 1, THANKS)
    with pytest.raises(Refused) as refusal:
        react(seller, said.conversation_id, 1, "")
    assert refusal.value.code == "rate_limited"


def test_forms_and_scripts_react_at_the_messages_address(
    seller: User, said: Message, client_of: Any
) -> None:
    client, path = client_of(seller), f"/conversation/{said.conversation_id}/messages/1/"
    assert client.post(path, {"act": "react", "reaction": YES}).status_code == 302
    form = {"act": "react", "reaction": THANKS}
    answer = client.post(path, form, headers={"accept": "application/json"}).json()
    assert [one["reaction"] for one in answer["reactions"]] == [THANKS]
    form["reaction"] = "no"
    answer = client.post(path, form, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


@pytest.mark.django_db(transaction=True)
async def test_a_reaction_is_live_on_both_sides(
    shopper: User, seller: User, said: Message, socket_of: Any
) -> None:
    asking, answering = await socket_of(shopper), await socket_of(seller)
    for socket in (asking, answering):
        await next_frame(socket, "session.ready")
    place = {"conversation": said.conversation_id, "sequence": 1}
    await send(answering, type="reaction.set", **place, reaction=THANKS)
    for socket in (asking, answering):
        frame = await next_frame(socket, "message.changed")
        assert [one["reaction"] for one in frame["reactions"]] == [THANKS]
        assert frame["revision"] == 2
    await send(answering, type="reaction.set", **place, reaction="no")
    assert (await next_frame(answering, "error"))["code"] == "invalid"
