"""What is sent to which group, and how it gets to the sockets: all of it goes through here.

Each process keeps a registry of its own sockets by group and hands them its own events directly,
after COMMIT, without a detour. To other processes it is one member of the channel layer: it joins
a group for its first socket there and leaves with its last.

The layer is a doorbell. It may lose what it is given, so nothing that matters is only there: a
failed or slow publish is logged and forgotten, and the receivers catch up from the database.
It stands in the lowest app because all of them ring it.
"""

import asyncio
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Protocol

import structlog
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction

from . import metrics
from .background import per_loop, spawn
from .redis.layer import Ring
from .resequencer import Resequencer

log = structlog.get_logger("trato.relay")

Event = Mapping[str, Any]

RETRY_SECONDS = 1.0  # between two tries to join groups of a layer that is away
RINGS_WAITING_MAX = 10_000  # of a layer that does not answer; more are dropped, as it would do
RINGS_AT_ONCE = 500


class Member(Protocol):
    """A socket, as the relay sees it."""

    def hear(self, event: Event) -> None:
        """Take an event of one of the groups; must return at once and not raise."""


def user_group(user_id: int) -> str:
    """The group that every socket of one person is in."""
    return f"user.{user_id}"


def publish_on_commit(groups: Iterable[str], event: Event) -> None:
    """Ring once the transaction under way is durable, or at once where there is none."""
    names = tuple(groups)
    transaction.on_commit(lambda: publish(names, event))


def publish(groups: Iterable[str], event: Event) -> None:
    """Ring now, from synchronous code.

    Args:
        groups: group names; a socket in two of them hears the event twice.
        event: a layer event; its `type` names the consumer's handler. With a `conversation` and
            its `revision`, events are handed on in the order of revisions.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        async_to_sync(publish_async)(groups, event)
    else:  # synchronous code on a loop's own thread: it must not fail there for the bell's sake
        ring(groups, event)


async def publish_async(groups: Iterable[str], event: Event) -> None:
    """Ring now, and wait until other processes can hear it; not for a layer that is away.

    Never raises for the layer's sake.
    """
    ringing = ring(groups, event)
    if not _exchange().layer_is_away:
        await asyncio.wait({ringing}, timeout=settings.PUBLISH_TIMEOUT_SECONDS)


def ring(groups: Iterable[str], event: Event) -> "asyncio.Task[None]":
    """Ring now, on the event loop: at once here, and for other processes with the next turn."""
    return _exchange().publish(groups, event)


def join(group: str, member: Member) -> "asyncio.Future[bool]":
    """Let a socket hear a group, from this moment.

    Returns:
        What is ready once other processes are heard as well; False where they cannot be just yet.
        They will be as soon as the layer answers again, without another call.
    """
    return _exchange().join(group, member)


def leave(group: str, member: Member) -> None:
    """Let a socket hear a group no longer, from this moment."""
    _exchange().leave(group, member)


def number_in(group: str) -> int:
    """How many sockets of this process are in a group."""
    return len(_exchange().members.get(group, ()))


class Exchange:
    """The sockets of one event loop by group, and their one line to other processes."""

    def __init__(self) -> None:
        self.layer = get_channel_layer()
        self.name = secrets.token_hex(8)
        self.members: dict[str, set[Member]] = {}
        self.resequencers: dict[str, Resequencer[Event]] = {}
        self.heard: set[str] = set()  # groups that the layer tells this process about
        self.asked: set[str] = set()  # those, and the ones that it has not confirmed
        self.rings: list[Ring] = []
        self.layer_is_away = False  # as the last try to ring has shown
        self.groups_fail = False  # as the last try to follow groups has shown
        self.channel: str | None = None
        self._joining: dict[str, asyncio.Future[bool]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    # -- here --------------------------------------------------------------------------------

    def publish(self, groups: Iterable[str], event: Event) -> "asyncio.Task[None]":
        groups = tuple(groups)
        for group in groups:
            self.deliver(group, event)
        if len(self.rings) < RINGS_WAITING_MAX:
            self.rings.append(Ring(groups, {**event, "origin": self.name}))
        else:
            metrics.publish_failures.inc(len(groups))
        return self._run("ring", self._ring)

    def deliver(self, group: str, event: Event) -> None:
        """Hand an event to the sockets of a group, in the order of its revision if it has one."""
        if group not in self.members:
            return
        if "revision" not in event:
            self._hand(group, event)
            return
        resequencer = self.resequencers.get(group)
        if resequencer is None:
            resequencer = self.resequencers[group] = Resequencer()
        key = event["conversation"]
        for due in resequencer.push(key, event["revision"], event):
            self._hand(group, due)
        if resequencer.has_gap(key):
            wait = settings.RELAY_ORDER_WAIT_SECONDS
            asyncio.get_running_loop().call_later(wait, self._flush, group, resequencer, key)

    def _flush(self, group: str, resequencer: Resequencer[Event], key: int) -> None:
        for due in resequencer.flush(key):
            self._hand(group, due)

    def _hand(self, group: str, event: Event) -> None:
        for member in tuple(self.members.get(group, ())):
            member.hear(event)

    def join(self, group: str, member: Member) -> "asyncio.Future[bool]":
        # At once, not when somebody awaits it: a socket that closes meanwhile would be too early to
        # leave, and stay for good.
        self.members.setdefault(group, set()).add(member)
        loop = asyncio.get_running_loop()
        if group in self.heard:
            joined = loop.create_future()
            joined.set_result(True)
            return joined
        self._run("groups", self._follow_groups)
        if self.groups_fail:
            joined = loop.create_future()
            joined.set_result(False)
            return joined
        # Shielded, because others wait for the same one.
        return asyncio.shield(self._joining.setdefault(group, loop.create_future()))

    def leave(self, group: str, member: Member) -> None:
        left = self.members.get(group, set())
        left.discard(member)
        if not left and self.members.pop(group, None) is not None:
            self.resequencers.pop(group, None)
            self._run("groups", self._follow_groups)

    # -- to and from other processes ---------------------------------------------------------

    async def _ring(self) -> None:
        await asyncio.sleep(0)  # let everybody of this turn ring
        while self.rings:
            now, self.rings = self.rings[:RINGS_AT_ONCE], self.rings[RINGS_AT_ONCE:]
            try:
                async with asyncio.timeout(settings.PUBLISH_TIMEOUT_SECONDS):
                    await self._publish(now)
                self.layer_is_away = False
            except Exception as error:  # whatever a broken layer throws: the row is stored already
                self.layer_is_away = True
                lost = sum(len(groups) for groups, _ in now)
                metrics.publish_failures.inc(lost)
                log.warning("publish_failed", events=lost, error=type(error).__name__)

    async def _publish(self, rings: Sequence[Ring]) -> None:
        if hasattr(self.layer, "publish_many"):
            await self.layer.publish_many(rings, self.heard)
            return
        for groups, event in rings:
            for group in groups:
                await self.layer.group_send(group, {**event, "group": group})

    async def _follow_groups(self) -> None:
        """Make the layer tell about just those groups that have a socket here."""
        while True:
            await asyncio.sleep(0)  # let everybody of this turn come and go
            missing = list(self.members.keys() - self.heard)
            past = list(self.asked - self.members.keys())
            if not missing and not past:
                self.groups_fail = False
                self._answer_joining(True, self._joining)
                return
            try:
                async with asyncio.timeout(settings.PUBLISH_TIMEOUT_SECONDS):
                    await self._follow(missing, past)
                # Those who came before are not kept waiting by those who come all the time.
                self._answer_joining(True, self.heard)
            except Exception as error:
                log.warning("membership_failed", groups=len(missing), error=type(error).__name__)
                self.groups_fail = True
                self._answer_joining(False, self._joining)
                await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self, missing: list[str], past: list[str]) -> None:
        if self.channel is None:
            if hasattr(self.layer, "new_hearer"):
                self.channel = self.layer.new_hearer(self._heard)
            else:
                self.channel = await self.layer.new_channel()
                self._run("listen", self._listen)
        for group in past:
            if group not in self.members:  # nobody came back meanwhile
                self.heard.discard(group)
                await self.layer.group_discard(group, self.channel)
                self.asked.discard(group)
        # Noted before it is confirmed: whoever leaves a layer that is silent leaves it for good.
        self.asked.update(missing)
        if missing and hasattr(self.layer, "group_add_many"):
            await self.layer.group_add_many(missing, self.channel)
        else:
            for group in missing:
                await self.layer.group_add(group, self.channel)
        self.heard.update(missing)

    def _answer_joining(self, joined: bool, groups: Collection[str]) -> None:
        for group in self._joining.keys() & groups:
            future = self._joining.pop(group)
            if not future.done():
                future.set_result(joined)

    async def _listen(self) -> None:
        while True:
            try:
                event = await self.layer.receive(self.channel)
                if group := event.get("group"):
                    self._heard(group, event)
            except Exception as error:
                log.exception("listening_failed", error=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)

    def _heard(self, group: str, event: Event) -> None:
        if event.get("origin") != self.name:
            self.deliver(group, event)

    def _run(self, name: str, work: Any) -> "asyncio.Task[None]":
        """One task of a kind at a time: it goes on until there is nothing to do for anybody."""
        task = self._tasks.get(name)
        if task is None or task.done():
            task = self._tasks[name] = spawn(work())
        return task


_exchange = per_loop(Exchange)
