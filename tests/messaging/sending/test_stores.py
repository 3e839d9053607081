"""Many sends stored by one statement: the same as by the ORM for each of them. PostgreSQL."""

import asyncio
import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psycopg
import pytest
from django.db import InternalError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from msgspec import structs

from accounts.models import User
from catalog.models import Product, Shop
from messaging import actions
from messaging.models import Conversation, Message, hour_of
from messaging.reading.actions import mark_read
from messaging.records import Attempt, Sent
from messaging.sending import orm, postgresql
from notifications.models import Notification
from tests.databases import own_database
from tests.threads import in_threads
from trato import rate_limits
from trato.errors import Refused
from trato.realtime.statements import Locked, StatementConnection

from .stores import attempt, conversations, stored

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]

Intent = tuple[int, int, int, str]  # who, in which conversation, which client_id, what

IDS = [uuid.UUID(int=number) for number in range(1, 5)]


def told(answer: Sent | Exception) -> Any:
    """What an answer says, without ids and times: so it can be compared between two stores."""
    match answer:
        case Sent():
            given = structs.asdict(answer)
            for changing in ("id", "conversation_id", "created_at", "badges"):
                del given[changing]
            return given
        case Refused():
            return answer.code
    return type(answer)


def one_by_one(intents: list[Intent], cast: list[User], where: list[Conversation]) -> list[Any]:
    attempts = [
        attempt(cast[who], where[place], IDS[client], body) for who, place, client, body in intents
    ]
    return [told(answer) for answer in orm.store(attempts)]


def together(intents: list[Intent], cast: list[User], where: list[Conversation]) -> list[Any]:
    """In batches of three, as `sending` makes them: a repeat is never in one with the first."""
    return [
        told(answer)
        for batch in _batches(intents)
        for answer in stored(
            [
                attempt(cast[who], where[place], IDS[client], body)
                for who, place, client, body in batch
            ]
        )
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
    """All that a send leaves behind in some conversations, without ids and times."""
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
             m.side, m.body, m.removed_at)
            for m in messages
        ],
        [
            (c.last_sequence, c.revision, c.last_message and c.last_message.sequence,
             c.last_message_at == (c.last_message and c.last_message.created_at),
             c.last_message_hour == (c.last_message and hour_of(c.last_message.created_at)),
             c.first_reply_seconds is None)
            for c in counters
        ],
        [
            (keys.index(n.news.subject_id), n.recipient_id, n.team_id, n.news.team_id,
             n.news.subject_kind, n.news.title, n.news.excerpt,
             n.news.url.replace(str(n.news.subject_id), "*"), n.read_at)
            for n in told
        ],
    )  # fmt: skip


@settings(
    max_examples=15,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    some.lists(
        some.tuples(
            some.integers(0, 4), some.integers(0, 1), some.integers(0, 3),
            some.sampled_from(["Hi", "¿Sigue libre? 🏺", "line\nbreak", "l" * 3000, "\\u0000"]),
        ),
        min_size=1, max_size=12,
    )
)  # fmt: skip
def test_storing_together_leaves_what_storing_one_by_one_leaves(
    cast: list[User], shop: Shop, intents: list[Intent]
) -> None:
    rate_limits.reset()
    one, many = conversations(cast[0], shop), conversations(cast[0], shop)
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
    first = actions.send(shopper, conversation.pk, IDS[0], "first")
    refusal = Refused("rate_limited", "too fast")
    refused = [attempt(shopper, conversation, client_id, "") for client_id in IDS[:2]]
    for one in refused:
        one.refusal = refusal
    other_words, new = store(refused)
    assert other_words.code == "conflict"
    assert new is refusal
    refused[0].body = "first"  # too fast, but the words are in order
    (again,) = store(refused[:1])
    assert (again.id, again.is_new) == (first.id, False)
    assert Message.objects.count() == 1


@pytest.mark.parametrize("store", STORES)
def test_a_repeat_of_a_removed_message_shows_no_words(
    store: Any, shopper: User, conversation: Conversation
) -> None:
    sent = actions.send(shopper, conversation.pk, IDS[0], "Call 555 123")
    Message.objects.update(removed_at=timezone.now())
    (again,) = store([attempt(shopper, conversation, IDS[0], "Call 555 123")])
    assert (again.id, again.removed, again.body) == (sent.id, True, "")


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


def test_a_repeat_that_was_committed_while_waiting_for_the_lock_is_found(
    shopper: User, conversation: Conversation
) -> None:
    async def store_in_the_end(connection: StatementConnection, number: int) -> Sent | Exception:
        while True:
            one = [attempt(shopper, conversation, IDS[0], f"from {number}")]
            (answer,) = await postgresql.store(connection, one)
            if not isinstance(answer, Locked):
                return answer

    async def race() -> list[Any]:
        connections = [StatementConnection(), StatementConnection()]
        try:
            return await asyncio.gather(
                *(
                    store_in_the_end(connection, number)
                    for number, connection in enumerate(connections)
                )
            )
        finally:
            for connection in connections:
                connection.close()

    outcomes = [told(answer) for answer in asyncio.run(race())]
    assert "conflict" in outcomes
    assert [outcome["is_new"] for outcome in outcomes if outcome != "conflict"] == [True]


def test_batches_and_single_sends_at_once_leave_no_gap(
    shopper: User, seller: User, product: Product
) -> None:
    where = conversations(shopper, product.shop, 3)

    def batch() -> None:
        left = [attempt(shopper, one, uuid.uuid4(), "batch") for one in reversed(where)]
        while left:
            answers = stored(left)
            left = [one for one, answer in zip(left, answers, strict=True) if is_locked(answer)]

    def single() -> None:
        for one in where:
            actions.send(seller, one.pk, uuid.uuid4(), "single")

    works: list[Callable[[], None]] = [batch, single] * 6
    in_threads(len(works), lambda: works.pop()())
    for one in where:
        counters = one.messages.order_by("sequence").values_list("sequence", "revision")
        assert list(counters) == [(number, number) for number in range(1, 13)]


def test_a_locked_conversation_is_left_out_of_its_batch_and_waited_for_by_nobody(
    shopper: User, seller: User, shop: Shop
) -> None:
    held, free = conversations(shopper, shop)
    batch = [
        attempt(shopper, held, IDS[0], "held"),
        attempt(shopper, free, IDS[1], "free"),
        attempt(seller, held, IDS[2], "held too"),
    ]
    with psycopg.connect(own_database()) as other:
        other.execute("SELECT FROM messaging_conversation WHERE id = %s FOR UPDATE", [held.pk])
        first, sent, last = stored(batch)
        assert (is_locked(first), is_locked(last)) == (True, True)
        assert sent.badges == [seller.pk]
    assert [message.body for message in Message.objects.all()] == ["free"]
    assert Notification.objects.get().news.subject_id == free.pk
    assert [sent.sequence for sent in stored([batch[0], batch[2]])] == [1, 2]


def test_in_a_batch_that_is_split_no_message_overtakes_one_that_a_lock_holds(
    shopper: User, seller: User, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, free = conversations(shopper, shop)
    batch = [
        attempt(shopper, held, IDS[0], "first"),
        attempt(shopper, free, IDS[1], "not storable \0"),
        attempt(seller, held, IDS[2], "second"),
    ]
    store = postgresql._store
    with psycopg.connect(own_database()) as other:
        other.execute("SELECT FROM messaging_conversation WHERE id = %s FOR UPDATE", [held.pk])

        async def watched(connection: Any, attempts: Sequence[Attempt]) -> list[Sent | Exception]:
            answers = await store(connection, attempts)
            if attempts == batch[:1]:
                other.rollback()  # the lock is gone before the second one's turn
            return answers

        monkeypatch.setattr(postgresql, "_store", watched)
        first, _failed, second = stored(batch)
    assert (is_locked(first), is_locked(second)) == (True, True)
    assert Message.objects.count() == 0


@pytest.mark.parametrize("table", ["accounts_user", "notifications_news"])
def test_another_lock_keeps_the_whole_batch_for_a_moment_only(
    table: str, shopper: User, conversation: Conversation
) -> None:
    actions.send(shopper, conversation.pk, IDS[0], "one")
    batch = [attempt(shopper, conversation, IDS[1], "two")]
    with psycopg.connect(own_database()) as other:
        other.execute(f"SELECT FROM {table} FOR UPDATE")
        with pytest.raises(Locked):
            stored(batch)
    assert Message.objects.count() == 1
    assert stored(batch)[0].sequence == 2


def test_a_connection_that_the_server_ended_is_opened_again(
    shopper: User, conversation: Conversation
) -> None:
    async def run() -> list[Any]:
        connection = StatementConnection()
        await postgresql.store(connection, [attempt(shopper, conversation, IDS[0], "one")])
        assert connection.raw is not None
        process = connection.raw.info.backend_pid
        await asyncio.to_thread(_terminate, process)
        try:
            return await postgresql.store(
                connection, [attempt(shopper, conversation, IDS[1], "two")]
            )
        finally:
            connection.close()

    assert asyncio.run(run())[0].sequence == 2


def is_locked(answer: Sent | Exception) -> bool:
    return isinstance(answer, Locked)


def _terminate(process: int) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [process])
    connection.close()
