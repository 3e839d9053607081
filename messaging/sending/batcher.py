"""Where sends wait for each other: two stations, each of which takes all that wait at once.

The first asks whether the senders may send, the second stores. A station that is busy lets the
next batch gather, so batches grow with the load and nobody waits for the sake of gathering. The
next batch goes to the database before the answers of the last one are handed out: so the database
and this process work at the same time, each on a batch of its own.

Nobody waits for somebody else's lock. A conversation that another transaction has locked is left
out of its batch and tried again a moment later. Whoever shares a batch with one that waits for
another lock, such as a person's or a notification's, is tried again conversation by conversation,
beside the batches of all others.
"""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog
from django.conf import settings
from django.db import OperationalError
from django.http import Http404

from messaging import frames
from messaging.body import normalize_body
from trato.errors import Refused, conflict
from trato.people import Person
from trato.realtime import metrics
from trato.realtime.background import spawn
from trato.realtime.frames import encode
from trato.realtime.statements import Locked, StatementConnection

log = structlog.get_logger("trato.sending")

Key = tuple[int, int, uuid.UUID]  # conversation, sender, client_id
Answer = frames.MessageAccepted | Exception
NotYet = None  # instead of an answer: nothing became of the send yet, it is tried again


@dataclass(slots=True, eq=False)
class Send:
    """One message on its way; `answer` becomes the encoded acknowledgement, or raises.

    `limit` and `refusal` are what the first station found: that the sender is too fast, or
    whatever else speaks against the message.
    """

    person: Person
    conversation_id: int
    client_id: uuid.UUID
    body: str
    limit: Refused | None = None
    refusal: Refused | None = None
    since: float = field(default_factory=time.monotonic)
    answer: "asyncio.Future[str]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    @property
    def key(self) -> Key:
        return self.conversation_id, self.person.pk, self.client_id

    def resolve(self, answer: Answer) -> None:
        if isinstance(answer, Exception):
            self.answer.set_exception(answer)
            self.answer.exception()  # seen, also where the sender has gone
        else:
            self.answer.set_result(encode(answer))


Outcome = Any  # of storing a batch; what `store` gives and `answers` and `tell` take
Ask = Callable[[Sequence[Send]], Awaitable[None]]
Held = Sequence[Send]  # those of a batch that somebody's lock kept from being stored
Store = Callable[[Sequence[Send], StatementConnection], Awaitable[tuple[Outcome, Held]]]
Answers = Callable[[Sequence[Send], Outcome], Sequence[Answer | None]]
Tell = Callable[[Sequence[Send], Outcome], None]
Undo = Callable[[Sequence[Send]], None]


class Batcher:
    """Takes sends and carries them out in batches; what is said in a conversation keeps its order.

    One batch is stored at a time. Where that takes unusually long, others go past it on another
    connection; never those of the same conversations.

    Args:
        ask: notes in each send what speaks against it.
        store: stores a batch, but for those that a lock holds. When it returns, what was stored is
            committed. Raises `Locked` if a lock held all of them.
        answers: the acknowledgements and refusals, from what `store` returned; `NotYet` for those
            that were held.
        tell: tells the receivers, of the same.
        undo: takes back what `ask` counted for sends that failed.
    """

    def __init__(
        self, ask: Ask, store: Store, answers: Answers, tell: Tell, undo: Undo = lambda _: None
    ) -> None:
        self.ask, self.store, self.answers, self.tell = ask, store, answers, tell
        self.undo = undo
        self.sends: dict[Key, Send] = {}  # not answered yet
        self.arrived: list[Send] = []
        self.asked: list[Send] = []
        self.busy: set[int] = set()  # conversations that are being stored, or rest after a lock
        self.pauses: dict[int, float] = {}  # of conversations that a lock holds; seconds
        # Those of them that must share no batch, by turns: the one that was tried last stands last.
        self.apart: dict[int, None] = {}
        self.connections = [StatementConnection() for _ in range(settings.SEND_BATCHES_AT_ONCE)]
        self.idle = list(self.connections)
        self.connection_apart = StatementConnection()
        self.storing_apart = False
        self.asking = False
        self.last_start = 0.0  # the loop's time

    def submit(self, send: Send) -> "asyncio.Future[str]":
        """Take a send. A repeat of one that is still under way shares its answer.

        Other words under the `client_id` of one that is under way are a `conflict`.
        """
        same = self.sends.get(send.key)
        if same is not None:
            if normalize_body(same.body) == normalize_body(send.body):
                return same.answer
            send.resolve(conflict())
            return send.answer
        self.sends[send.key] = send
        self.arrived.append(send)
        self.ask_next()
        return send.answer

    def ask_next(self) -> None:
        if self.arrived and not self.asking:
            self.asking = True
            spawn(self.ask_batch())

    async def ask_batch(self) -> None:
        batch, self.arrived = self.arrived, []
        with self.answering(batch):
            try:
                await self.ask(batch)
            finally:
                self.asking = False
                self.ask_next()
            self.asked += batch
        await self.store_batches()

    def store_next(self) -> None:
        if self.asked and self.may_start():
            spawn(self.store_batches())
        if self.apart and not self.storing_apart:
            self.storing_apart = True
            spawn(self.store_apart())

    async def store_batches(self) -> None:
        """Store what waits, batch after batch, unless one is being stored and goes on well."""
        loop = asyncio.get_running_loop()
        while self.may_start() and (batch := self.take_batch()):
            connection = self.idle.pop()
            self.last_start = loop.time()
            loop.call_later(settings.SEND_STALL_SECONDS, self.store_next)
            try:
                await self.store_batch(batch, connection)
            finally:
                self.idle.append(connection)

    def may_start(self) -> bool:
        if len(self.idle) == len(self.connections):
            return True
        now = asyncio.get_running_loop().time()
        return bool(self.idle) and now - self.last_start >= settings.SEND_STALL_SECONDS

    async def store_apart(self) -> None:
        """Store those that must share no batch, one conversation after the other."""
        try:
            while batch := self.take_one_apart():
                await self.store_batch(batch, self.connection_apart)
                self.store_next()  # what came meanwhile may share a batch again
        finally:
            self.storing_apart = False

    async def store_batch(self, batch: Sequence[Send], connection: StatementConnection) -> None:
        held: Held = ()
        with self.answering(batch):
            try:
                outcome, held = await self.store(batch, connection)
            except Locked:
                self.apart.update((send.conversation_id, None) for send in batch)
                self.free(batch)
                self.hold(batch)
                return
            except BaseException:
                self.free(batch)
                self.settle(batch, ())
                raise
            self.free(batch)
            if held or self.pauses:
                self.settle(batch, held)
            if self.asked:  # first the next batch is sent on its way to the database
                asyncio.get_running_loop().call_soon(self.finish, batch, outcome, held)
            else:
                self.finish(batch, outcome, held)

    def finish(self, batch: Sequence[Send], outcome: Outcome, held: Held) -> None:
        """Answer and tell within the same turn: one write for each socket."""
        with self.answering([send for send in batch if send not in held] if held else batch):
            self.answer(batch, self.answers(batch, outcome))
            self.tell(batch, outcome)

    def free(self, batch: Sequence[Send]) -> None:
        self.busy.difference_update([send.conversation_id for send in batch])

    def take_batch(self) -> list[Send]:
        """The sends that may be stored now, in their order."""
        return self.take(
            lambda send: (
                send.conversation_id not in self.busy and send.conversation_id not in self.apart
            )
        )

    def take_one_apart(self) -> list[Send]:
        """The sends of one conversation that must share no batch."""
        self.fail_late()
        waiting = {send.conversation_id for send in self.asked} - self.busy
        first = next((one for one in self.apart if one in waiting), None)
        if first is None:
            return []
        return self.take(lambda send: send.conversation_id == first)

    def take(self, is_due: Callable[[Send], bool]) -> list[Send]:
        batch: list[Send] = []
        rest: list[Send] = []
        most = settings.SEND_BATCH_MAX
        for send in self.asked:
            takes = len(batch) < most and is_due(send)
            (batch if takes else rest).append(send)
        self.asked = rest
        self.busy.update([send.conversation_id for send in batch])
        return batch

    # -- What somebody's lock holds --------------------------------------------------------------

    def settle(self, batch: Sequence[Send], held: Held) -> None:
        """After a batch: nothing holds what was stored; what is held is tried again."""
        kept = {send.conversation_id for send in held}
        for conversation in {send.conversation_id for send in batch} - kept:
            self.forget(conversation)
        self.hold(held)

    def hold(self, held: Held) -> None:
        """Try these again after a pause, and before whatever came after them."""
        self.asked[:0] = held
        loop = asyncio.get_running_loop()
        for conversation in dict.fromkeys(send.conversation_id for send in held):
            if conversation in self.apart:
                del self.apart[conversation]
                self.apart[conversation] = None
            pause = 2 * self.pauses.get(conversation, settings.SEND_LOCK_PAUSE_SECONDS / 2)
            self.pauses[conversation] = pause = min(pause, settings.SEND_STALL_SECONDS)
            self.busy.add(conversation)
            loop.call_later(pause, self.release, conversation)
        self.fail_late()

    def release(self, conversation: int) -> None:
        self.busy.discard(conversation)
        self.store_next()

    def forget(self, conversation: int) -> None:
        self.pauses.pop(conversation, None)
        self.apart.pop(conversation, None)

    def fail_late(self) -> None:
        """Nobody waits longer for somebody's lock than for the database itself.

        With the one whose time is over go all that wait behind it, lest they overtake it.
        """
        since = time.monotonic() - settings.STATEMENT_TIMEOUT_SECONDS
        late = {
            send.conversation_id
            for send in self.asked
            if send.since < since and send.conversation_id in self.pauses
        }
        if late:
            failed = [send for send in self.asked if send.conversation_id in late]
            self.asked = [send for send in self.asked if send.conversation_id not in late]
            for conversation in late:
                self.forget(conversation)
            log.warning("sends_locked_out", sends=len(failed), conversations=len(late))
            self.fail(failed, OperationalError("somebody holds a lock"))

    def close(self) -> None:
        """Close all connections to the database."""
        for connection in (*self.connections, self.connection_apart):
            connection.close()

    # -- Answers ---------------------------------------------------------------------------------

    @contextmanager
    def answering(self, batch: Sequence[Send]) -> Iterator[None]:
        """Whatever happens meanwhile, nobody waits for ever."""
        try:
            yield
        except Exception as error:
            log.warning("sends_failed", sends=len(batch), error=type(error).__name__)
            self.fail(batch, error)
        except BaseException:
            self.fail(batch, OperationalError("the process ends"))
            raise

    def fail(self, batch: Sequence[Send], error: Exception) -> None:
        without = [send for send in batch if not send.answer.done()]
        self.undo(without)
        self.answer(without, [error] * len(without))

    def answer(self, batch: Sequence[Send], answers: Sequence[Answer | None]) -> None:
        now = time.monotonic()
        for send, answer in zip(batch, answers, strict=True):
            if answer is NotYet:
                continue
            if isinstance(answer, Exception):
                metrics.sends.labels(outcome_of(answer)).inc()
            else:
                metrics.sends_accepted.inc()
                metrics.send_seconds.observe(now - send.since)
            del self.sends[send.key]
            send.resolve(answer)


def outcome_of(error: Exception) -> str:
    """Why a send was not accepted, as the metrics name it."""
    match error:
        case Refused():
            return error.code
        case Http404():
            return "not_found"
    return "unavailable"
