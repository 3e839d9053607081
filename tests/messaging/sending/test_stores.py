"""One statement stores many sends, with the same result as the ORM for each. PostgreSQL only."""

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import InternalError, connection
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from hypothesis.extra.django import from_field

from accounts.models import User
from catalog.models import Shop
from messaging import actions
from messaging.editing.actions import edit, withdraw
from messaging.models import AlertChoice, Conversation, Lane, Message, hour_of
from messaging.reading.actions import mark_read
from messaging.records import CONTENT, Attempt, Content, Sent, content_of
from messaging.sending import orm
from messaging.team.actions import set_alerts
from notifications.models import Notification
from tests.said import in_log
from tests.whole import tries
from trato import rate_limits
from trato.errors import Refused

from .answers import IDS, comparable
from .stores import attempt, conversations, stored

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]


# Sender, conversation, client_id, text, whether it is automatic,
# which message it quotes, and the rest of its content.
Intent = tuple[int, int, int, str, bool, int | None, dict[str, Any]]
# A new column of the content gets its default, or any value that the column accepts.
REST = {
    column.name: some.just(getattr(Content(), column.name)) | from_field(column)
    for column in Message._meta.fields
    if column.name in {*CONTENT} - {"body", "is_automatic", "quote"}
}


def attempts(intents: list[Intent], cast: list[User], where: list[Conversation]) -> list[Attempt]:
    return [
        attempt(
            cast[who],
            where[place],
            IDS[client],
            body,
            is_automatic=automatic and who in (1, 2),
            quote=quote,
            **rest,
        )
        for who, place, client, body, automatic, quote, rest in intents
    ]


def one_by_one(intents: list[Intent], cast: list[User], where: list[Conversation]) -> list[Any]:
    return [comparable(answer) for answer in orm.store(attempts(intents, cast, where))]


def together(intents: list[Intent], cast: list[User], where: list[Conversation]) -> list[Any]:
    """Batches of three, made as in `sending`: never a repeat together with the first send."""
    return [
        comparable(answer)
        for batch in _batches(intents)
        for answer in stored(attempts(batch, cast, where))
    ]


def _batches(intents: list[Intent]) -> Iterator[list[Intent]]:
    batch: list[Intent] = []
    for intent in intents:
        if len(batch) == 3 or intent[:3] in [other[:3] for other in batch]:
            yield batch
            batch = []
        batch.append(intent)
    yield batch


def everything(where: list[Conversation]) -> Any:
    """Return everything that a send changes in these conversations, without IDs and times."""
    keys = [conversation.pk for conversation in where]
    messages = Message.objects.filter(conversation__in=keys).order_by("conversation", "sequence")
    told = (
        Notification.objects.filter(news__subject_id__in=keys)
        .order_by("news__subject_id", "recipient")
        .select_related("news")
    )
    counters = (
        Conversation.objects.filter(pk__in=keys).order_by("pk").select_related("last_message")
    )
    return (
        [
            (keys.index(m.conversation_id), m.sequence, m.revision, m.client_id, m.sender_id,
             m.side, content_of(m), m.removed_at)
            for m in messages
        ],
        [
            (c.last_sequence, c.revision, c.last_message and c.last_message.sequence,
             c.last_message_at == (c.last_message and c.last_message.created_at),
             c.last_message_hour == (c.last_message and hour_of(c.last_message.created_at)),
             c.turn, _sequence_at(c, c.waiting_since))
            for c in counters
        ],
        sorted((keys.index(lane.pk), lane.turn, lane.hour == lane.conversation.last_message_hour,
                lane.waiting_since == lane.conversation.waiting_since)
               for lane in Lane.objects.filter(pk__in=keys).select_related("conversation")),
        [
            (keys.index(n.news.subject_id), n.recipient_id, n.team_id, n.news.team_id,
             n.news.subject_kind, n.news.title, n.news.excerpt,
             n.news.url.replace(str(n.news.subject_id), "*"), n.read_at)
            for n in told
        ],
    )  # fmt: skip


def _sequence_at(conversation: Conversation, at: datetime | None) -> int | None:
    """Return which message of a conversation was stored at a time."""
    return conversation.messages.get(created_at=at).sequence if at else None


@settings(
    max_examples=tries(15),
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    some.lists(
        some.tuples(
            some.integers(0, 4), some.integers(0, 1), some.integers(0, 3),
            some.sampled_from(["Hi", "¿Sigue libre? 🏺", "line\nbreak", "l" * 3000, "\\u0000"]),
            some.booleans(),
            some.sampled_from([None, None, 1, 0, 2**31 - 1]),
            some.fixed_dictionaries(REST),
        ),
        min_size=1, max_size=12,
    ),
    some.lists(some.sampled_from([None, 1, 2, 4]), min_size=2, max_size=2),
    some.lists(some.sampled_from(AlertChoice.Level), min_size=2, max_size=2),
    some.lists(some.sampled_from(["", "", "consumer", "seller", "both"]), min_size=2, max_size=2),
)  # fmt: skip
def test_storing_together_leaves_what_storing_one_by_one_leaves(
    cast: list[User],
    shop: Shop,
    intents: list[Intent],
    assignees: list[int | None],
    levels: list[AlertChoice.Level],
    blocks: list[str],
) -> None:
    rate_limits.reset()
    for person, level in zip(cast[1:3], levels, strict=True):
        set_alerts(person, shop.pk, level)
    one, many = conversations(cast[0], shop), conversations(cast[0], shop)
    for row, who in zip(one + many, assignees * 2, strict=True):
        Conversation.objects.filter(pk=row.pk).update(assignee=None if who is None else cast[who])
    first = uuid.UUID(int=99)  # to be quoted: a batch only knows the messages before it
    orm.store([attempt(cast[0], row, first, "First") for row in one + many])
    for row, blocked_by in zip(one + many, blocks * 2, strict=True):
        Conversation.objects.filter(pk=row.pk).update(blocked_by=blocked_by)
    assert together(intents, cast, many) == one_by_one(intents, cast, one)
    assert everything(many) == everything(one)


def test_only_those_whose_number_changed_are_told_to_count(
    shopper: User, seller: User, colleague: User, conversation: Conversation
) -> None:
    def badges(number: int) -> list[int]:
        (sent,) = stored([attempt(shopper, conversation, IDS[number], "Hello")])
        return sorted(sent.badges)

    assert badges(0) == sorted([seller.pk, colleague.pk])
    assert badges(1) == []
    mark_read(seller, conversation.pk, 2)
    assert badges(2) == [seller.pk]


STORES = [orm.store, stored]


@pytest.mark.parametrize("store", STORES)
def test_what_is_refused_is_not_stored_but_a_repeat_is_found(
    store: Any, shopper: User, conversation: Conversation
) -> None:
    first = in_log(actions.send(shopper, conversation.pk, IDS[0], "first"))
    refusal = Refused("rate_limited", "too fast")
    refused = [attempt(shopper, conversation, client_id, "") for client_id in IDS[:2]]
    for one in refused:
        one.refusal = refusal
    other_words, new = store(refused)
    assert other_words.code == "conflict"
    assert new is refusal
    refused[0].body = "first"  # too fast, but the text is valid
    (again,) = store(refused[:1])
    assert (again.id, again.is_new) == (first.id, False)
    assert Message.objects.count() == 1


@pytest.mark.parametrize("store", STORES)
def test_a_repeat_after_an_edit_is_compared_with_what_was_sent(
    store: Any, shopper: User, conversation: Conversation
) -> None:
    sent = in_log(actions.send(shopper, conversation.pk, IDS[0], "Is it glzed?"))
    edit(shopper, conversation.pk, 1, "glazed?")
    edit(shopper, conversation.pk, 1, "Is it glazed?")
    (again,) = store([attempt(shopper, conversation, IDS[0], "Is it glzed?")])
    assert (again.id, again.revision, again.is_new) == (sent.id, 3, False)
    assert (again.body, again.edited) == ("Is it glazed?", True)
    (other,) = store([attempt(shopper, conversation, IDS[0], "Is it glazed?")])
    assert other.code == "conflict"
    withdraw(shopper, conversation.pk, 1)
    (again,) = store([attempt(shopper, conversation, IDS[0], "Is it glzed?")])
    assert (again.id, again.withdrawn, again.edited, again.body) == (sent.id, True, False, "")


@pytest.mark.parametrize("store", STORES)
def test_a_quote_names_the_original_or_is_refused(
    store: Any, shopper: User, seller: User, conversation: Conversation
) -> None:
    actions.send(shopper, conversation.pk, IDS[0], "Is it\nglazed?")
    answer = attempt(seller, conversation, IDS[1], "Yes", quote=1)
    (sent,) = store([answer])
    assert (sent.quoted.sequence, sent.quoted.excerpt) == (1, "Is it glazed?")
    assert (sent.quoted.sender.id, sent.quoted.side) == (shopper.pk, "consumer")
    (again,) = store([answer])
    assert (again.is_new, again.quoted) == (False, sent.quoted)
    (other,) = store([attempt(seller, conversation, IDS[1], "Yes")])
    assert other.code == "conflict"
    (late,) = store([attempt(seller, conversation, IDS[2], "Yes", quote=3)])
    assert late.code == "invalid"
    withdraw(shopper, conversation.pk, 1)
    (again,) = store([answer])
    assert again.quoted.excerpt == ""


@pytest.mark.parametrize("store", STORES)
def test_a_repeat_of_a_removed_message_shows_no_words(
    store: Any, shopper: User, conversation: Conversation
) -> None:
    sent = in_log(actions.send(shopper, conversation.pk, IDS[0], "Call 555 123"))
    Message.objects.update(removed_at=timezone.now())
    (again,) = store([attempt(shopper, conversation, IDS[0], "Call 555 123")])
    assert (again.id, again.removed, again.body) == (sent.id, True, "")


@pytest.mark.parametrize("store", STORES)
def test_an_automatic_message_is_no_answer_of_the_shop(
    store: Any, shopper: User, seller: User, conversation: Conversation
) -> None:
    def turn_after(number: int, *, is_automatic: bool) -> str:
        (sent,) = store(
            [attempt(seller, conversation, IDS[number], "x", is_automatic=is_automatic)]
        )
        assert sent.is_automatic is is_automatic
        conversation.refresh_from_db()
        return conversation.turn

    actions.send(shopper, conversation.pk, IDS[0], "first")
    assert turn_after(1, is_automatic=True) == "seller"
    title = Notification.objects.get(recipient=shopper).news.title
    assert title == conversation.shop_name
    assert turn_after(2, is_automatic=False) == "consumer"


@pytest.mark.parametrize("store", STORES)
def test_a_repeat_that_is_automatic_only_once_is_a_conflict(
    store: Any, seller: User, conversation: Conversation
) -> None:
    (first,) = store([attempt(seller, conversation, IDS[0], "Closed", is_automatic=True)])
    (other,) = store([attempt(seller, conversation, IDS[0], "Closed")])
    assert other.code == "conflict"
    (again,) = store([attempt(seller, conversation, IDS[0], "Closed", is_automatic=True)])
    assert (again.id, again.is_automatic) == (first.id, True)


def test_one_that_cannot_be_stored_fails_alone(
    shopper: User, seller: User, conversation: Conversation
) -> None:
    bad = attempt(shopper, conversation, IDS[0], "nul \0 inside")
    answers = stored([
        attempt(shopper, conversation, IDS[1], "before"), bad,
        attempt(seller, conversation, IDS[2], "after"),
    ])  # fmt: skip
    assert [type(answer) for answer in answers] == [Sent, InternalError, Sent]
    bodies = Message.objects.order_by("sequence").values_list("body", flat=True)
    assert list(bodies) == ["before", "after"]
