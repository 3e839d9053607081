"""Check, store and announce sends in batches.

While one batch is checked or stored, new sends collect for the next one. So batches grow with the
load, and no send waits only to make a batch larger. The next batch goes to the database before the
last one is acknowledged, so the database and this process work at the same time. For the reasons,
see `docs/decisions/0009-batched-sends.md`.

No conversation waits for another conversation's lock, see `queue`.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import structlog
from django.conf import settings
from django.db import OperationalError
from django.http import Http404

from messaging import pipeline
from messaging.records import Answer, Attempt, Sent
from trato.errors import Refused, conflict
from trato.realtime import metrics
from trato.realtime.background import spawn
from trato.realtime.statements import Locked

from .base import Store
from .queue import Key, Queue, Send

log = structlog.get_logger("trato.sending")


class Batcher:
    """Checks, stores and announces sends in batches. Each conversation keeps its order.

    One batch is stored at a time. When that takes unusually long, other batches overtake it, but
    never with messages of the same conversations.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.sends: dict[Key, Send] = {}  # not answered yet
        self.unchecked: list[Send] = []
        self.queue = Queue(wake=self.store_next)
        self._checking = False
        self._storing = 0  # batches, without isolated ones
        self._storing_isolated = False
        self._stalls = False  # whether the batch that started last makes no progress
        self._stall_timer: asyncio.TimerHandle | None = None

    def submit(self, attempt: Attempt) -> "asyncio.Future[str]":
        """Submit a send. A repeat of one that is still in progress shares its response.

        Other content under the same `client_id` is a `conflict`.
        """
        send = Send(attempt)
        same = self.sends.get(send.key)
        if same is not None:
            if same.attempt.says_the_same(attempt):
                return same.answer
            send.resolve(conflict())
            return send.answer
        self.sends[send.key] = send
        self.unchecked.append(send)
        self.check_next()
        return send.answer

    def close(self) -> None:
        """Close all connections to the database."""
        self.store.close()

    # -- Check -----------------------------------------------------------------------------------

    def check_next(self) -> None:
        if self.unchecked and not self._checking:
            self._checking = True
            spawn(self.check_batch())

    async def check_batch(self) -> None:
        batch, self.unchecked = self.unchecked, []
        with self.answering(batch):
            try:
                await pipeline.check_many([send.attempt for send in batch])
            finally:
                self._checking = False
                self.check_next()
            self.queue.sends += batch
        await self.store_batches()

    # -- Store -----------------------------------------------------------------------------------

    def store_next(self) -> None:
        if self.queue.sends and self.may_store():
            spawn(self.store_batches())
        if self.queue.isolated and not self._storing_isolated:
            self._storing_isolated = True
            spawn(self.store_isolated())

    async def store_batches(self) -> None:
        """Store batch after batch, unless another batch is being stored and makes progress."""
        loop = asyncio.get_running_loop()
        while self.may_store() and (batch := self.queue.take_batch()):
            self._storing += 1
            self._stalls = False
            if self._stall_timer:
                self._stall_timer.cancel()
            self._stall_timer = loop.call_later(settings.SEND_STALL_SECONDS, self.stall)
            try:
                await self.store_batch(batch)
            finally:
                self._storing -= 1

    def stall(self) -> None:
        """Store another batch beside the one that started last, which makes no progress."""
        # A flag rather than comparing times: by the loop's clock, a timer may fire a little early.
        self._stalls = True
        self.store_next()

    def may_store(self) -> bool:
        if not self._storing:
            return True
        return self._stalls and self._storing < settings.SEND_BATCHES_AT_ONCE

    async def store_isolated(self) -> None:
        """Store the isolated conversations one by one."""
        try:
            self.fail_late()
            while batch := self.queue.take_isolated():
                await self.store_batch(batch)
                self.store_next()  # sends that arrived meanwhile may be stored together
                self.fail_late()
        finally:
            self._storing_isolated = False

    async def store_batch(self, batch: Sequence[Send]) -> None:
        with self.answering(batch):
            try:
                answers = await self.store.store([send.attempt for send in batch])
            except Locked:
                self.queue.isolate(batch)
                self.fail_late()
                return
            except BaseException:
                self.queue.finish(batch)
                raise
            stored = list(zip(batch, answers, strict=True))
            locked = [send for send, answer in stored if isinstance(answer, Locked)]
            if locked:
                stored = [pair for pair in stored if not isinstance(pair[1], Locked)]
            self.queue.finish(batch, locked)
            if locked:
                self.fail_late()
            if self.queue.sends:  # the next batch goes to the database first
                asyncio.get_running_loop().call_soon(self.finish, stored)
            else:
                self.finish(stored)

    # -- Answer ----------------------------------------------------------------------------------

    def finish(self, stored: Sequence[tuple[Send, Answer]]) -> None:
        """Acknowledge and announce in one loop iteration, so that each socket gets one write."""
        with self.answering([send for send, _ in stored]):
            for send, answer in stored:
                self.answer(send, answer)
            self.give_back(
                [
                    send
                    for send, answer in stored
                    if isinstance(answer, Exception) or not answer.is_new
                ]
            )
            sents = [answer for _, answer in stored if isinstance(answer, Sent)]
            metrics.sends_accepted.inc(len(sents))  # held sends are counted once they are delivered
            pipeline.announce(sents)

    def answer(self, send: Send, answer: Answer) -> None:
        if isinstance(answer, Exception):
            metrics.sends.labels(outcome_of(answer)).inc()
        else:
            metrics.send_seconds.observe(time.monotonic() - send.since)
        del self.sends[send.key]
        send.resolve(answer)

    @contextmanager
    def answering(self, batch: Sequence[Send]) -> Iterator[None]:
        """Make sure that every send of a batch is answered, whatever fails."""
        try:
            yield
        except Exception as error:
            log.warning("sends_failed", sends=len(batch), error=type(error).__name__)
            self.fail(batch, error)
        except BaseException:
            self.fail(batch, OperationalError("the process ends"))
            raise

    def fail_late(self) -> None:
        """Fail the sends that have waited too long for a lock."""
        if late := self.queue.take_late():
            log.warning("sends_locked_out", sends=len(late))
            self.fail(late, OperationalError("somebody holds a lock"))

    def fail(self, batch: Sequence[Send], error: Exception) -> None:
        unanswered = [send for send in batch if not send.answer.done()]
        self.give_back(unanswered)
        for send in unanswered:
            self.answer(send, error)

    def give_back(self, sends: Sequence[Send]) -> None:
        """Uncount these sends in their senders' rate limits: they stored no message."""
        if counted := [send.attempt for send in sends if send.attempt.counted]:
            spawn(pipeline.give_back(counted))


def outcome_of(error: Exception) -> str:
    """Return the outcome of a refused send, as the metrics name it."""
    match error:
        case Refused():
            return error.code
        case Http404():
            return "not_found"
    return "unavailable"
