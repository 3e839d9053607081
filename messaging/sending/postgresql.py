"""Store a batch of messages with one statement in one transaction. PostgreSQL only.

The statement does for a whole batch what `orm.store_one` does for one send;
`tests/messaging/sending/test_stores.py` compares the two.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import count

import msgspec
import psycopg
import structlog
from django.db import InternalError
from django.http import Http404

from messaging import message_extras
from messaging.access import refusal_to_write
from messaging.body import excerpt
from messaging.models import Side, conversation_url
from messaging.records import Answer, Attempt, Content, Sent, content_of, not_quotable
from trato.errors import Refused, conflict
from trato.realtime.database import run_in_database_thread
from trato.realtime.statements import Locked, StatementConnection

from . import orm
from .base import Store
from .mixed_batches import in_runs, is_plain
from .statement import send_statement

log = structlog.get_logger("trato.store")


class PostgresStore(Store):
    """Stores batches in parallel, each on its own connection."""

    def __init__(self) -> None:
        self.connections: list[StatementConnection] = []
        self._idle: list[StatementConnection] = []

    async def store(self, attempts: Sequence[Attempt]) -> list[Answer]:
        if all(map(is_plain, attempts)):
            return await self._store(attempts)
        return await in_runs(attempts, self._store)

    async def _store(self, attempts: Sequence[Attempt]) -> list[Answer]:
        if not self._idle:
            self._idle.append(StatementConnection())
            self.connections.append(self._idle[-1])
        connection = self._idle.pop()
        try:
            return await store(connection, attempts)
        finally:
            self._idle.append(connection)

    def close(self) -> None:
        for connection in self.connections:
            connection.close()


async def store(connection: StatementConnection, attempts: Sequence[Attempt]) -> list[Answer]:
    """Store a batch on a connection, see `Store.store`.

    An attempt that cannot be stored fails without the others. Rows are locked in the order of
    docs/decisions/0013-lock-order.md.
    """
    try:
        return await _store(connection, attempts)
    except (psycopg.errors.IntegrityError, psycopg.errors.DataError) as error:
        if len(attempts) == 1:
            log.error("send_not_storable", error=type(error).__name__)
            return [InternalError("this message cannot be stored")]
    answers: list[Answer] = []
    locked: set[int] = set()  # conversations: later attempts must not overtake
    for attempt in attempts:
        if attempt.conversation_id in locked:
            answers.append(Locked())
            continue
        try:
            answers += await store(connection, [attempt])
        except Locked as error:  # the previous ones are stored, so only this one waits
            answers.append(error)
        if isinstance(answers[-1], Locked):
            locked.add(attempt.conversation_id)
    return answers


async def _store(connection: StatementConnection, attempts: Sequence[Attempt]) -> list[Answer]:
    statement, constants = send_statement()
    rows = msgspec.json.encode([_row(attempt) for attempt in attempts])
    answer = _decoder.decode(await connection.run(statement, [rows, *constants]))
    members = {member.place: member for member in answer.members}
    badges: defaultdict[int, list[int]] = defaultdict(list)
    for user_id, conversation_id in answer.badges:
        badges[conversation_id].append(user_id)
    answers: list[Answer] = []
    quoting: list[Sent] = []
    for_orm: dict[int, Attempt] = {}  # by place among the results
    for place, attempt in zip(count(1), attempts):
        member = members.get(place)
        if member is None:
            answers.append(Http404("no such conversation"))
        elif member.obstacles is not None:
            if member.obstacles.for_orm:
                for_orm[place - 1] = attempt
            refusal = attempt.refusal or _refusal(member.side, member.obstacles)
            # Nothing else prevents an allowed attempt from being stored.
            answers.append(refusal or Locked())
        elif member.message is not None and member.message.changed:
            for_orm[place - 1] = attempt
            answers.append(Locked())  # until the ORM has a result
        elif member.message is not None and member.message.is_same:
            sent = _sent(attempt, member, member.message)
            if sent.quote is not None:
                quoting.append(sent)
            if sent.is_new:  # the first message of its conversation gets all badges
                sent.badges = badges.pop(attempt.conversation_id, ())
            answers.append(sent)
        else:
            answers.append(conflict())
    if for_orm:
        stored = await run_in_database_thread(orm.store, list(for_orm.values()))
        for index, one in zip(for_orm, stored, strict=True):
            answers[index] = one
    if quoting:
        await run_in_database_thread(message_extras.load, quoting)
    return answers


class _Row(Content, kw_only=True):
    """An attempt for the statement, which only looks for a stored message if `allowed` is false."""

    conversation_id: int
    sender_id: int
    sender_name: str
    client_id: object
    excerpt: str
    url: str
    allowed: bool


def _row(attempt: Attempt) -> _Row:
    return _Row(
        **content_of(attempt),
        conversation_id=attempt.conversation_id,
        sender_id=attempt.sender_id,
        sender_name=attempt.sender_name,
        client_id=attempt.client_id,
        excerpt=excerpt(attempt.body),
        url=conversation_url(attempt.conversation_id),
        allowed=attempt.refusal is None,
    )


class _Message(msgspec.Struct):
    """The statement's result for a stored message, new or repeated."""

    id: int
    sequence: int
    revision: int
    created_at: datetime
    changed: bool  # since it was sent
    is_new: bool
    is_same: bool  # with the same text


class _Obstacles(msgspec.Struct):
    """Possible reasons, apart from a lock, why an attempt was not stored."""

    ended: bool
    blocked_by: str
    may_quote: bool
    for_orm: bool


class _Member(msgspec.Struct):
    """An attempt whose sender takes part in the conversation; `place` counts from 1."""

    place: int
    side: Side
    consumer_id: int
    shop_id: int
    takes: bool
    obstacles: _Obstacles | None  # if there is no message
    message: _Message | None


class _Answer(msgspec.Struct):
    """The result of the statement; `badges` are pairs of a person and a conversation."""

    members: list[_Member]
    badges: list[tuple[int, int]]


_decoder = msgspec.json.Decoder(_Answer)


def _refusal(side: Side, obstacles: _Obstacles) -> Refused | None:
    refusal = refusal_to_write(side, ended=obstacles.ended, blocked_by=obstacles.blocked_by)
    return refusal or (None if obstacles.may_quote else not_quotable())


def _sent(attempt: Attempt, member: _Member, message: _Message) -> Sent:
    return Sent(
        **content_of(attempt),
        id=message.id,
        conversation_id=attempt.conversation_id,
        consumer_id=member.consumer_id,
        shop_id=member.shop_id,
        sequence=message.sequence,
        revision=message.revision,
        client_id=attempt.client_id,
        sender_id=attempt.sender_id,
        sender_name=attempt.sender_name,
        side=member.side,
        created_at=message.created_at,
        is_new=message.is_new,
        takes=member.takes,
    )
