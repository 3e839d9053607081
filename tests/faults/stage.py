"""Run one scenario's clients: connect them, let them talk, settle, and check."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, connection

from messaging.models import Message
from tests.rulings import remove_message
from trato.errors import AlreadyDone

from . import cast, checker, database
from .checker import Verdict
from .client import Client
from .history import Event, History
from .review import Review
from .stack import Stack
from .truth import Truth

T = TypeVar("T")

PAUSE = 0.5  # seconds between two sends of one client, on average
CALM = 1.0  # the same in the short form, where they talk for long, as while a server starts
SILENCE = 2.0  # seconds until a socket without access is silent
REVIEW_PAUSE = 1.0  # seconds between two staff decisions, on average
OPENING = 60.0  # seconds in which all clients together must connect


@dataclass
class Stage:
    """A running scenario.

    Args:
        heartbeat: the servers' interval in seconds.
        silence: seconds without a frame after which clients connect again, and so catch up.
    """

    stack: Stack
    cast: cast.Cast
    heartbeat: float
    silence: float
    history: History = field(default_factory=History)
    clients: dict[str, Client] = field(default_factory=dict)
    former: set[int] = field(default_factory=set)
    _staff_acts: "list[asyncio.Future[None]]" = field(default_factory=list)
    _running: list[asyncio.Task[None]] = field(default_factory=list)
    _talking: list[asyncio.Task[None]] = field(default_factory=list)

    # -- connecting --------------------------------------------------------------------------

    def connect(self, name: str, person: str, server: int | None = None) -> Client:
        """Connect a client, to one server or to any."""
        client = Client(
            name,
            self.cast.people[person],
            self.cast.conversations[person],
            lambda: self.stack.address(server),
            self.history,
            silence=self.silence,
            watched=self.cast.watched,
        )
        self.clients[name] = client
        self._running.append(asyncio.create_task(client.run()))
        return client

    async def all_live(self) -> None:
        """Wait until every client with access has resumed everything."""
        async with asyncio.timeout(OPENING):
            for client in self.clients.values():
                if not client.ended:
                    await client.live.wait()

    # -- talking -----------------------------------------------------------------------------

    @property
    def review(self) -> Review:
        """Staff who decide on held messages."""
        return Review(self.cast.staff, self.cast.watched, self.history)

    def talk(self, *, pause: float = PAUSE, reviewed: bool = True) -> None:
        """Let everybody write, read and sometimes trespass, until `stop_talking`.

        Args:
            reviewed: whether staff decide on held messages meanwhile.
        """
        for client in self.clients.values():
            self._talking.append(asyncio.create_task(self._chat(client, pause)))
        self._talking.append(asyncio.create_task(self._moderate()))
        if reviewed:
            self._talking.append(asyncio.create_task(self._review()))

    async def stop_talking(self) -> None:
        for task in self._talking:
            task.cancel()
        outcomes = await asyncio.gather(*self._talking, return_exceptions=True)
        self._talking.clear()
        await asyncio.gather(*self._staff_acts)  # their threads continue, whatever happens to tasks
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome

    async def _chat(self, client: Client, pause: float) -> None:
        chance = random.Random(client.name)
        own = list(client.threads)
        foreign = [pk for pk in self.cast.members if pk not in client.threads]
        while not client.ended:
            await asyncio.sleep(chance.uniform(0, 2 * pause))
            await client.write(chance.choice(own))
            if chance.random() < 0.3:
                await client.read(chance.choice(own))
            if chance.random() < 0.2:
                await client.change(chance.choice(own))
            if chance.random() < 0.2:
                await client.react(chance.choice(own))
            client.files.spawn(client.files.peek(chance.choice(own)))
            if chance.random() < 0.05:
                await client.trespass(chance.choice(foreign))

    async def _moderate(self) -> None:
        """Make staff remove a message now and then, so that revisions differ from sequences."""
        while True:
            await asyncio.sleep(1)
            receipts = [event for event in self.history.events[-200:] if event.kind == "receipt"]
            if receipts:
                message = random.choice(receipts).id
                await self._as_staff(partial(self._remove, message))

    async def _review(self) -> None:
        """Make staff decide on held messages, at random moments and in any order."""
        while True:
            await asyncio.sleep(random.uniform(0, 2 * REVIEW_PAUSE))
            await self._as_staff(self.review.decide_one)

    async def _as_staff(self, act: Callable[[], None]) -> None:
        acting = asyncio.ensure_future(run_in_thread(act))
        self._staff_acts.append(acting)
        await asyncio.shield(acting)

    def _remove(self, message_id: int) -> None:
        # The database may be down, and a defect may have announced a message that isn't stored.
        with suppress(DatabaseError, InterfaceError, Message.DoesNotExist, AlreadyDone):
            remove_message(self.cast.moderator, message_id, "for the suite's sake")

    # -- the end -----------------------------------------------------------------------------

    async def settle(self, patience: float = 60.0) -> None:
        """Stop talking, and wait until nothing is in flight any more, or twice for `patience`.

        The outboxes empty by themselves, staff decide what is left, and two heartbeats later (or
        more on a slow machine) everybody has everything: no client gets help.
        """
        await self.stop_talking()
        staying = [
            client
            for client in self.clients.values()
            if not client.ended and client.person.id not in self.former
        ]
        await _until(
            lambda: not any(client.outbox or client.files.is_busy for client in staying), patience
        )
        deadline = time.monotonic() + max(2 * self.heartbeat + 2, patience)
        before = None
        # Read marks are not acknowledged, so the truth itself may still change.
        while time.monotonic() < deadline:
            await run_in_thread(self.review.decide_all)
            now = await self.read_truth()
            if now == before and all(_is_settled(client, now) for client in staying):
                return
            before = now
            await asyncio.sleep(0.2)

    async def judge(self) -> Verdict:
        """Compare the log with the database; clients that lost access don't have to be complete."""
        clients = {
            name: client.unread or 0
            for name, client in self.clients.items()
            if client.person.id not in self.former
        }
        verdict = checker.check(self.history, await self.read_truth(), clients)
        verdict.complain(
            f"{name}: {len(client.outbox)} messages were never acknowledged"
            for name, client in self.clients.items()
            if name in clients and client.outbox
        )
        verdict.complain(
            f"a client failed: {task.exception()!r}"
            for task in self._running
            if task.done() and task.exception()
        )
        return verdict

    async def read_truth(self) -> Truth:
        return await run_in_thread(lambda: database.read(self.cast.members, self.former))

    def revoke(self, name: str, *, seconds: float = SILENCE) -> Event:
        """Record that a client must soon receive nothing more of its conversations."""
        client = self.clients[name]
        self.former.add(client.person.id)
        for pk in client.threads:
            event = self.history.add(
                "revoked", name, client.person.id, conversation=pk, seconds=seconds
            )
        return event

    async def close(self) -> None:
        for task in [*self._talking, *self._running]:
            task.cancel()
        await asyncio.gather(*self._talking, *self._running, return_exceptions=True)
        self.history.write(self.stack.folder / f"clients-{self.cast.moderator.pk}.jsonl")


@asynccontextmanager
async def stage(
    stack: Stack,
    *,
    shoppers: int = 8,
    heartbeat: float = 2.0,
    silence: float | None = None,
    everybody: bool = True,
) -> AsyncIterator[Stage]:
    """Yield a cast on a stack with running servers; everybody has a client and is live."""
    people = await run_in_thread(lambda: cast.create(shoppers=shoppers))
    made = Stage(stack, people, heartbeat, silence or max(5 * heartbeat, 5.0))
    try:
        if everybody:
            for person in made.cast.people:
                made.connect(person, person)
            await made.all_live()
        yield made
    finally:
        await made.close()


async def run_in_thread(function: Callable[[], T]) -> T:
    """Run the suite's own database work in a thread, and close its connection afterwards."""

    def run() -> T:
        try:
            return function()
        finally:
            connection.close()

    return await asyncio.to_thread(run)


async def _until(holds: Callable[[], bool], patience: float) -> bool:
    deadline = time.monotonic() + patience
    while not holds():
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.05)
    return True


def _is_settled(client: Client, now: Truth) -> bool:
    behind = any(thread.revision < now.revisions[pk] for pk, thread in client.threads.items())
    return not behind and client.unread == now.unread.get(client.person.id, client.unread)
