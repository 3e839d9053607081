"""Floods and the same text to many shops are held; nobody else's messages are."""

import uuid
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from accounts.factories import UserFactory
from accounts.models import User
from messaging import actions
from messaging.editing.actions import edit
from messaging.models import Case, Conversation, HeldMessage, PersonTrust
from messaging.records import Held, Sent
from messaging.review.actions import release
from tests.said import say
from tests.sockets import message_frame, next_frame, send
from tests.threads import in_threads
from trato.errors import Refused
from trato.retention import ago

from .conftest import TEXT, ask, started

pytestmark = pytest.mark.django_db


def reasons(person: User) -> list[str]:
    return list(HeldMessage.objects.filter(sender=person).values_list("reason", flat=True))


def test_nearly_the_same_text_to_many_shops_is_held_not_lost(
    ordinary: User, moderator: User
) -> None:
    answers = [ask(ordinary, TEXT.format(name)) for name in ("Ana", "Berta", "Cleo", "Dora")]
    assert [type(answer) for answer in answers] == [Sent, Sent, Sent, Held]
    row = HeldMessage.objects.get()
    assert (row.reason, row.body) == ("spam:same-text", TEXT.format("Dora"))
    assert Case.objects.filter(kind="held", subject=row.subject, person=ordinary).exists()
    release(moderator, row.pk, "It is their own shop's notice")
    assert row.conversation.messages.get().body == TEXT.format("Dora")


def test_a_new_account_is_held_sooner(new: User) -> None:
    answers = [ask(new, TEXT.format(number)) for number in range(3)]
    assert [type(answer) for answer in answers] == [Sent, Sent, Held]


def test_a_harmless_first_message_does_not_open_the_way(ordinary: User) -> None:
    talks = [started(ordinary) for _ in range(5)]
    answers = []
    for talk in talks:
        say(ordinary, talk, "Hi")
    for talk in talks:
        answers.append(actions.send(ordinary, talk.pk, uuid.uuid4(), TEXT))
    assert [type(answer) for answer in answers] == [Sent, Sent, Sent, Held, Held]


def test_nor_does_an_edit(ordinary: User) -> None:
    for _ in range(3):
        ask(ordinary, TEXT)
    last = started(ordinary)
    said = say(ordinary, last, "Hi")
    with pytest.raises(Refused):
        edit(ordinary, last.pk, said.sequence, TEXT)
    message, is_changed = edit(ordinary, last.pk, said.sequence, "Hi there")
    assert (message.body, is_changed) == ("Hi there", True)


def test_several_products_of_one_shop_are_no_spam(new: User, product: Any) -> None:
    answers = [ask(new, TEXT, product.shop) for _ in range(6)]
    assert {type(answer) for answer in answers} == {Sent}


def test_short_and_different_texts_are_no_spam(ordinary: User) -> None:
    short = [ask(ordinary, "Is it still available?") for _ in range(3)]
    other = ask(ordinary, "Does the red one fit a bicycle from the eighties with thin tyres?")
    assert {type(answer) for answer in (*short, other)} == {Sent}


def test_a_flood_of_first_messages_is_held(ordinary: User, new: User) -> None:
    for person, most in ((ordinary, 5), (new, 4)):
        answers = [ask(person, f"Hello {number}") for number in range(most + 1)]
        assert [type(answer) for answer in answers] == [Sent] * most + [Held]
        assert reasons(person) == ["spam:many-shops"]


def test_only_what_is_within_the_window_counts(ordinary: User) -> None:
    for _ in range(5):
        ask(ordinary, TEXT)
    old = ago(hours=25)
    Conversation.objects.update(created_at=old, last_message_at=old)
    assert isinstance(ask(ordinary, TEXT), Sent)


def test_a_shop_answers_many_shoppers_with_the_same_words(product: Any, seller: User) -> None:
    for _ in range(6):
        talk = started(UserFactory(), product.shop)
        say(talk.consumer, talk)
        assert isinstance(actions.send(seller, talk.pk, uuid.uuid4(), TEXT), Sent)


def test_once_the_shop_has_answered_nothing_is_held(new: User, product: Any, seller: User) -> None:
    for _ in range(2):
        ask(new, TEXT)
    talk = started(new, product.shop)
    assert talk.checks_spam
    say(new, talk, "Hi")
    say(seller, talk, "Hi, what would you like to know?")
    assert isinstance(actions.send(new, talk.pk, uuid.uuid4(), TEXT), Sent)
    talk.refresh_from_db()
    assert not talk.checks_spam


def test_known_good_people_skip_it(new: User) -> None:
    PersonTrust.objects.create(user=new, status="known_good")
    answers = [ask(new, TEXT) for _ in range(6)]
    assert {type(answer) for answer in answers} == {Sent}


def test_watched_peoples_first_messages_are_held(ordinary: User) -> None:
    PersonTrust.objects.create(user=ordinary, status="watched")
    assert isinstance(ask(ordinary, "Hello"), Held)
    assert reasons(ordinary) == ["spam:watched"]


def test_few_conversations_are_not_even_marked(ordinary: User) -> None:
    talks = [started(ordinary) for _ in range(3)]
    assert not any(talk.checks_spam for talk in talks)
    assert started(ordinary).checks_spam


@pytest.mark.django_db(transaction=True)
def test_copies_sent_at_once_see_each_other(new: User) -> None:
    talks = [started(new) for _ in range(6)]
    marked = [talk.pk for talk in talks if talk.checks_spam]
    assert len(marked) == 4
    keys = marked[:]
    answers = in_threads(4, lambda: actions.send(new, keys.pop(), uuid.uuid4(), TEXT))
    assert [isinstance(answer, Held) for answer in answers].count(True) == 2


@pytest.mark.django_db(transaction=True)
async def test_sockets_are_judged_too(new: User, socket_of: Any) -> None:
    @sync_to_async
    def talk_after_two() -> Conversation:
        for _ in range(2):
            ask(new, TEXT)
        return started(new)

    talk = await talk_after_two()
    socket = await socket_of(new)
    await next_frame(socket, "session.ready")
    await send(socket, **message_frame(talk, "Hi"))
    await next_frame(socket, "message.accepted")
    await send(socket, **message_frame(talk, TEXT))
    await next_frame(socket, "message.held")
