"""Sends of the sockets, gathered: all that wait are stored together, and acknowledged together.

One send alone is stored at once. Under load the sends of some milliseconds share one statement
and one commit. A conversation is never in two batches at once, so what is said in it keeps its
order. A send is acknowledged after COMMIT and never before.
"""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Sequence
from contextvars import Context
from dataclasses import dataclass, field
from itertools import islice
from weakref import WeakKeyDictionary

import structlog
from django.conf import settings
from django.db import OperationalError, connection
from django.http import Http404

from accounts import metrics
from accounts.models import User
from accounts.threads import in_thread

from . import actions, events, limits, store, wire
from .errors import Refused
from .line import Line
from .models import Message, conversation_url
from .text import clean_body, excerpt

log = structlog.get_logger("trato.sending")

Key = tuple[int, int, uuid.UUID]  # conversation, sender, client_id
Answer = wire.MessageAccepted | Exception


@dataclass(slots=True, eq=False)
class Send:
    """One message on its way; `answer` becomes the encoded acknowledgement, or raises."""

    person: User
    conversation_id: int
    client_id: uuid.UUID
    body: str
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
            self.answer.set_result(wire.encode(answer))


def submit(person: User, frame: wire.Send) -> "asyncio.Future[str]":
    """Send a message as `actions.send` does.

    Returns:
        The acknowledgement as the text of a frame, or what `actions.send` raises. A repeat of
        a send that is still under way shares its answer. Not to be cancelled.
    """
    return _desk().submit(Send(person, frame.conversation, frame.client_id, frame.body))


def send_now(person: User, conversation_id: int, client_id: uuid.UUID, body: str) -> Message:
    """`actions.send`, counted: for a request, which waits for nobody else's send."""
    try:
        message = actions.send(person, conversation_id, client_id, body)
    except Exception as error:
        metrics.sends.labels(_outcome(error)).inc()
        raise
    metrics.sends.labels("accepted").inc()
    return message


async def close() -> None:
    """Close the connections to the database that this event loop's sends have opened."""
    for line in _desk().lines:
        await line.close()


class _Desk:
    """Takes sends, keeps them in order, and carries them out in batches."""

    def __init__(self) -> None:
        self.waiting: dict[Key, Send] = {}  # in the order of coming
        self.under_way: dict[Key, Send] = {}
        self.busy: set[int] = set()  # conversations of the batches under way
        self.lines = [Line() for _ in range(settings.SEND_BATCHES_AT_ONCE)]
        self.idle = list(self.lines)
        self.last_start = 0.0  # the loop's time
        self.last_size = 0
        self.timer: asyncio.TimerHandle | None = None
        self.tasks: set[asyncio.Task[None]] = set()

    def submit(self, send: Send) -> "asyncio.Future[str]":
        same = self.waiting.get(send.key) or self.under_way.get(send.key)
        if same is not None:
            return same.answer
        self.waiting[send.key] = send
        self.start_soon()
        return send.answer

    def start_soon(self) -> None:
        """Start a batch with the next turn, or after a pause that gathers more, under load."""
        if self.timer is None and self.idle and self.waiting:
            loop = asyncio.get_running_loop()
            pause = 0.0
            if self.busy or self.last_size > 1:
                pause = min(settings.SEND_GATHER_SECONDS, self.last_size * SECONDS_PER_SEND)
                pause = max(0.0, self.last_start + pause - loop.time())
            self.timer = loop.call_later(pause, self.start)

    def start(self) -> None:
        self.timer = None
        free = (send for send in self.waiting.values() if send.conversation_id not in self.busy)
        batch = list(islice(free, settings.SEND_BATCH_MAX))
        if not batch:
            return  # the end of a batch starts the next one
        for send in batch:
            self.under_way[send.key] = self.waiting.pop(send.key)
            self.busy.add(send.conversation_id)
        loop = asyncio.get_running_loop()
        self.last_start, self.last_size = loop.time(), len(batch)
        # The senders' requests and sockets are many: its log lines carry the process's id.
        task = loop.create_task(self.carry_out(batch, self.idle.pop()), context=Context())
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        self.start_soon()

    async def carry_out(self, batch: Sequence[Send], line: Line) -> None:
        # What is answered if this very task is ended; nobody may wait for ever.
        answers: Sequence[Answer] = [OperationalError("the process ends")] * len(batch)
        try:
            if connection.vendor == "postgresql":
                answers = await _store(batch, line)
            else:
                answers = await in_thread(_send_each, batch)
        except Exception as error:
            log.warning("sends_failed", sends=len(batch), error=type(error).__name__)
            answers = [error] * len(batch)
        finally:
            _count(batch, answers)
            for send, answer in zip(batch, answers, strict=True):
                send.resolve(answer)
                del self.under_way[send.key]
                self.busy.discard(send.conversation_id)
            self.idle.append(line)
            self.start_soon()


SECONDS_PER_SEND = 0.0004  # what a send costs a process: gathering longer would not pay

_desks: WeakKeyDictionary[asyncio.AbstractEventLoop, _Desk] = WeakKeyDictionary()


def _desk() -> _Desk:
    loop = asyncio.get_running_loop()
    found = _desks.get(loop)
    if found is None:
        found = _desks[loop] = _Desk()
    return found


def _count(batch: Sequence[Send], answers: Sequence[Answer]) -> None:
    now = time.monotonic()
    for outcome, number in Counter(map(_outcome, answers)).items():
        metrics.sends.labels(outcome).inc(number)
    for send, answer in zip(batch, answers, strict=True):
        if not isinstance(answer, Exception):
            metrics.send_seconds.observe(now - send.since)


def _outcome(answer: Answer) -> str:
    match answer:
        case Refused():
            return answer.code
        case Http404():
            return "not_found"
        case Exception():
            return "unavailable"
    return "accepted"


def _waiting() -> int:
    return sum(len(desk.waiting) + len(desk.under_way) for desk in list(_desks.values()))


metrics.sends_waiting.set_function(_waiting)


def _send_each(batch: Sequence[Send]) -> list[Answer]:
    """By the ORM, one transaction each, on a database thread."""
    answers: list[Answer] = []
    for send in batch:
        try:
            message = actions.send(send.person, send.conversation_id, send.client_id, send.body)
            answers.append(wire.MessageAccepted.of(message))
        except Exception as error:
            answers.append(error)
    return answers


async def _store(batch: Sequence[Send], line: Line) -> list[Answer]:
    """By one statement for all of them; then the groups are told."""
    refusals: list[Refused | None] = []
    attempts: list[store.Attempt] = []
    within = await limits.hit_many("message", [send.person.pk for send in batch])
    for send, limit in zip(batch, within, strict=True):
        text, refusal = "", limit
        try:
            text = clean_body(send.body)
        except Refused as bad_text:
            refusal = bad_text
        refusals.append(refusal)
        attempts.append(
            store.Attempt(
                conversation_id=send.conversation_id,
                sender_id=send.person.pk,
                sender_name=send.person.name,
                client_id=send.client_id,
                body=text,
                excerpt=excerpt(text),
                url=conversation_url(send.conversation_id),
                allowed=refusal is None,
            )
        )
    outcome = await store.store(line, attempts)
    answers: list[Answer] = []
    uncounted: list[int] = []
    for place, (attempt, refusal, limit) in enumerate(
        zip(attempts, refusals, within, strict=True), start=1
    ):
        stored = outcome.stored.get(place)
        if stored is not None and stored.is_new:
            events.message_stored(attempt, stored)
        elif limit is None:
            uncounted.append(attempt.sender_id)  # a repeat or a refusal is not one more message
        if stored is not None:
            answers.append(attempt.accepted(stored))
        elif place in outcome.failed:
            answers.append(outcome.failed[place])
        elif place in outcome.members and refusal is not None:
            answers.append(refusal)
        else:
            answers.append(Http404("no such conversation"))
    events.badges_changed(outcome.badge_changed)
    if uncounted:
        await limits.give_back("message", uncounted)
    return answers
