"""A lock that somebody holds blocks no thread that all sockets need. PostgreSQL only."""

import asyncio
import contextlib
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError, connection

from accounts.models import User
from catalog.models import Shop
from messaging.models import Conversation, Message
from messaging.records import Attempt, Sent
from messaging.sending import orm
from messaging.team import taking
from tests.databases import own_database
from tests.messaging.sending.stores import attempt, conversations, stored
from tests.patience import PATIENCE
from tests.said import say
from tests.sockets import next_frame, receives_nothing, send
from tests.uploads import uploaded
from trato.realtime import database
from trato.realtime.lock_waits import run_past_locks
from trato.realtime.statements import Locked

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]


@pytest.fixture
def one_thread(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    """Give the sockets one thread, and let waits for a lock last as long as a test."""
    settings.STATEMENT_TIMEOUT_SECONDS = PATIENCE
    with ThreadPoolExecutor(1) as threads:
        monkeypatch.setattr(database, "socket_threads", lambda: threads)
        yield


@contextlib.contextmanager
def locked(row: Conversation | User) -> Iterator[Any]:
    """Hold the lock of a row until `rollback`."""
    with psycopg.connect(own_database()) as other:
        other.execute(f"SELECT FROM {row._meta.db_table} WHERE id = %s FOR UPDATE", [row.pk])
        yield other


@pytest.mark.parametrize(
    ("kind", "fields", "answer"),
    [
        ("reaction.set", {"sequence": 1, "reaction": "👍"}, "message.changed"),
        ("message.edit", {"sequence": 2, "body": "Other words"}, "message.changed"),
        ("message.withdraw", {"sequence": 2}, "message.changed"),
    ],
)
@pytest.mark.usefixtures("one_thread")
async def test_a_change_that_meets_a_lock_lets_other_sockets_go_on(
    kind: str, fields: dict[str, Any], answer: str,
    shopper: User, seller: User, shop: Shop, socket_of: Any,
) -> None:  # fmt: skip
    held, free = await sync_to_async(conversations)(shopper, shop)
    await sync_to_async(say)(shopper, held)
    await sync_to_async(say)(seller, held)
    changing, other = await socket_of(seller), await socket_of(seller)
    with locked(held) as lock:
        await send(changing, type=kind, conversation=held.pk, **fields)
        await next_frame(changing, "session.ready")
        await send(other, type="conversation.open", conversation=free.pk, since=0)
        assert (await next_frame(other, "conversation.state"))["conversation"] == free.pk
        assert await receives_nothing(changing)
        lock.rollback()
        assert (await next_frame(changing, answer, "error"))["type"] == answer


@pytest.mark.usefixtures("one_thread")
async def test_a_note_that_meets_a_lock_lets_other_sockets_go_on(
    shopper: User, seller: User, shop: Shop, socket_of: Any
) -> None:
    held, free = await sync_to_async(conversations)(shopper, shop)
    noting, other = await socket_of(seller), await socket_of(seller)
    note = {"conversation": held.pk, "client_id": str(uuid.uuid4()), "body": "Careful"}
    with locked(seller) as lock:
        await send(noting, type="note.add", **note)
        await next_frame(noting, "session.ready")
        await send(other, type="conversation.open", conversation=free.pk, since=0)
        assert (await next_frame(other, "conversation.state"))["conversation"] == free.pk
        assert await receives_nothing(noting)
        lock.rollback()
        assert (await next_frame(noting, "note.created", "error"))["type"] == "note.created"


@pytest.mark.parametrize("kind", ["with a file", "perhaps held"])
def test_a_message_for_the_orm_that_meets_a_lock_waits_its_turn_like_others(
    kind: str, shopper: User, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, free = conversations(shopper, shop)
    if kind == "perhaps held":
        Conversation.objects.filter(pk=held.pk).update(has_held=True)
        files: list[tuple[int, ...]] = [(), ()]
    else:
        files = [(uploaded(shopper, held).pk,) for _ in range(2)]
    first, second = (attempt(shopper, held, uuid.uuid4(), f"number {n}") for n in range(2))
    first.files, second.files = files
    batch = [first, attempt(shopper, free, uuid.uuid4(), "free"), second]
    store_one = orm.store_one
    with locked(held) as lock:

        def watched(one: Attempt) -> Any:
            try:
                return store_one(one)
            finally:
                lock.rollback()  # before the second one's turn, which must not overtake

        with monkeypatch.context() as patched:
            patched.setattr(orm, "store_one", watched)
            answers = stored(batch)
    assert [type(one) for one in answers] == [Locked, Sent, Locked]
    assert [message.body for message in Message.objects.all()] == ["free"]
    assert [one.sequence for one in stored([first, second])] == [1, 2]


async def test_of_two_replies_a_lock_keeps_one_from_being_taken_and_not_the_other(
    shopper: User, seller: User, colleague: User, shop: Shop, settings: Any
) -> None:
    settings.STATEMENT_TIMEOUT_SECONDS = PATIENCE
    held, free = await sync_to_async(conversations)(shopper, shop)

    def replies() -> list[Any]:
        return orm.store([attempt(seller, one, uuid.uuid4(), "Yes") for one in (held, free)])

    async def taken(conversation: Conversation) -> None:
        async with asyncio.timeout(PATIENCE):
            while True:
                await conversation.arefresh_from_db(fields=["assignee"])
                if conversation.assignee_id == seller.pk:
                    return

    sents = await sync_to_async(replies)()
    with locked(held) as lock:
        taking.replied(sents)
        await taken(free)
        await held.arefresh_from_db(fields=["assignee"])
        assert held.assignee_id is None
        lock.rollback()
        await taken(held)


async def test_a_lock_is_not_waited_for_without_end_and_its_connection_stays(
    conversation: Conversation, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STATEMENT_TIMEOUT_SECONDS = 0.0
    seen: list[tuple[int, str]] = []

    def look(statement: str, *given: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid(), current_setting('lock_timeout')")
            seen.append(cursor.fetchone())
            cursor.execute(statement, given)
            assert cursor.fetchall()

    with ThreadPoolExecutor(1) as threads:
        monkeypatch.setattr(database, "socket_threads", lambda: threads)
        with locked(conversation), pytest.raises(OperationalError, match="holds a lock"):
            await run_past_locks(look, "SELECT FROM messaging_conversation FOR UPDATE")
        is_open = "SELECT FROM pg_stat_activity WHERE pid = %s"
        await database.run_in_database_thread(look, is_open, seen[0][0])
    assert [limit for _pid, limit in seen] == ["10ms", "2s"]
