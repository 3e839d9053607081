"""Send events to groups of sockets. This is the only module that talks to the channel layer.

Each process keeps its own sockets by group and, after COMMIT, passes its own events to them
directly. To other processes it is one channel of the channel layer, which joins a group when the
first local socket does and leaves it with the last.

The layer may lose events, so it never carries anything that is not in the database as well. If a
publish fails or takes too long, we log and forget it, and receivers catch up. For the reasons, see
`docs/decisions/0001-doorbell.md` and `docs/decisions/0010-one-member-per-process.md`.
"""

import asyncio
import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import structlog
from channels.layers import get_channel_layer
from django.conf import settings
from django.db import transaction

from . import metrics
from .background import per_loop, run_from_thread, spawn
from .redis.layer import GroupEvent
from .resequencer import Resequencer

log = structlog.get_logger("trato.groups")

Event = Mapping[str, Any]
Addressed = tuple[Sequence[str], Event]  # group names, and an event for all of them

RETRY_SECONDS = 1.0  # between two attempts to join groups while the layer is down
OUTBOX_MAX = 10_000  # events waiting for an unresponsive layer; more are dropped
PUBLISH_AT_ONCE = 500


class Subscriber(Protocol):
    """A socket, as seen by groups."""

    def handle_event(self, event: Event) -> None:
        """Handle an event of one of the groups. Must return immediately and not raise."""


def user_group(user_id: int) -> str:
    """Return the group of all sockets of one person."""
    return f"user.{user_id}"


def send_on_commit(groups: Iterable[str], event: Event) -> None:
    """Send an event once the current transaction is committed, or now if there is none."""
    names = tuple(groups)
    transaction.on_commit(lambda: send(names, event))


def send(groups: Iterable[str], event: Event) -> None:
    """Send an event now, from synchronous code or on the event loop.

    This process's sockets receive it before this returns, other processes' sockets a moment later.
    In a thread, this waits for the layer as `asend_many` does.

    Args:
        groups: group names. A socket in two of them receives the event twice.
        event: a layer event; its `type` names the consumer's handler. Events with a `conversation`
            and its `revision` are received in the order of revisions.
    """
    send_many([(tuple(groups), event)])


def send_many(events: Sequence[Addressed]) -> None:
    """Send several events, as `send` does."""
    if not events:
        return
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        try:
            run_from_thread(partial(asend_many, events), 2 * settings.REDIS_TIMEOUT_SECONDS)
        except TimeoutError:
            log.warning("events_late", count=len(events))
    else:
        _hub().send(events)


async def asend_many(events: Sequence[Addressed]) -> None:
    """Send events now, and wait until other processes can receive them.

    Doesn't wait while the layer is down, and never raises because of the layer.
    """
    publishing = _hub().send(events)
    if not _hub().layer_is_away:
        await asyncio.wait({publishing}, timeout=settings.REDIS_TIMEOUT_SECONDS)


def add(group: str, subscriber: Subscriber) -> "asyncio.Future[bool]":
    """Add a socket to a group. From now on it receives this process's events.

    Returns:
        A future that is done once it receives other processes' events as well. Its result is False
        if the layer is down; the group is joined as soon as the layer is back.
    """
    return _hub().add(group, subscriber)


def discard(group: str, subscriber: Subscriber) -> None:
    """Remove a socket from a group. From now on it receives none of its events."""
    _hub().discard(group, subscriber)


def count(group: str) -> int:
    """Return the number of this process's sockets in a group."""
    return len(_hub().subscribers.get(group, ()))


class Hub:
    """One event loop's sockets by group, and their connection to other processes."""

    def __init__(self) -> None:
        self.layer = get_channel_layer()
        self.name = secrets.token_hex(8)
        self.subscribers: dict[str, set[Subscriber]] = {}
        self.resequencers: dict[str, Resequencer[Event]] = {}
        self.joined: set[str] = set()  # groups whose events this process gets from the layer
        self.requested: set[str] = set()  # `joined`, and groups that the layer has not confirmed
        self.outbox: list[GroupEvent] = []
        self.layer_is_away = False  # judging by the last attempt to publish
        self.joining_fails = False  # judging by the last attempt to join groups
        self.channel: str | None = None
        self._joining: dict[str, asyncio.Future[bool]] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}

    # -- this process ------------------------------------------------------------------------

    def send(self, events: Sequence[Addressed]) -> "asyncio.Task[None]":
        """Pass events to this process's sockets, and return the task that publishes them."""
        for groups, event in events:
            for group in groups:
                self.receive(group, event)
            if len(self.outbox) < OUTBOX_MAX:
                self.outbox.append(GroupEvent(groups, {**event, "origin": self.name}))
            else:
                metrics.publish_failures.inc(len(groups))
        return self._run("publish", self._publish_outbox)

    def receive(self, group: str, event: Event) -> None:
        """Pass an event to the sockets of a group, in order of revisions if it has one."""
        if group not in self.subscribers:
            return
        if "revision" not in event:
            self._dispatch(group, event)
            return
        resequencer = self.resequencers.get(group)
        if resequencer is None:
            resequencer = self.resequencers[group] = Resequencer()
        key = event["conversation"]
        for due in resequencer.push(key, event["revision"], event):
            self._dispatch(group, due)
        if resequencer.has_gap(key):
            wait = settings.EVENT_ORDER_WAIT_SECONDS
            asyncio.get_running_loop().call_later(wait, self._flush, group, resequencer, key)

    def _flush(self, group: str, resequencer: Resequencer[Event], key: int) -> None:
        for due in resequencer.flush(key):
            self._dispatch(group, due)

    def _dispatch(self, group: str, event: Event) -> None:
        for subscriber in tuple(self.subscribers.get(group, ())):
            subscriber.handle_event(event)

    def add(self, group: str, subscriber: Subscriber) -> "asyncio.Future[bool]":
        # Add it now, not when the future is awaited: a socket that closed before that would call
        # `discard` too early and stay in the group for good.
        self.subscribers.setdefault(group, set()).add(subscriber)
        if group not in self.joined:
            self._run("groups", self._follow_groups)
            if not self.joining_fails:
                future = asyncio.get_running_loop().create_future()
                # Shielded, because others wait for the same future.
                return asyncio.shield(self._joining.setdefault(group, future))
        answer = asyncio.get_running_loop().create_future()
        answer.set_result(group in self.joined)
        return answer

    def discard(self, group: str, subscriber: Subscriber) -> None:
        subscribers = self.subscribers.get(group, set())
        subscribers.discard(subscriber)
        if not subscribers and self.subscribers.pop(group, None) is not None:
            self.resequencers.pop(group, None)
            self._run("groups", self._follow_groups)

    # -- other processes ---------------------------------------------------------------------

    async def _publish_outbox(self) -> None:
        await asyncio.sleep(0)  # collect the events of this iteration of the loop
        while self.outbox:
            now, self.outbox = self.outbox[:PUBLISH_AT_ONCE], self.outbox[PUBLISH_AT_ONCE:]
            try:
                async with asyncio.timeout(settings.REDIS_TIMEOUT_SECONDS):
                    await self._publish(now)
                self.layer_is_away = False
            except Exception as error:  # whatever a broken layer raises: the rows are stored
                self.layer_is_away = True
                lost = sum(len(groups) for groups, _ in now)
                metrics.publish_failures.inc(lost)
                log.warning("publish_failed", events=lost, error=type(error).__name__)

    async def _publish(self, events: Sequence[GroupEvent]) -> None:
        if hasattr(self.layer, "publish_many"):
            await self.layer.publish_many(events, self.joined)
            return
        for groups, event in events:
            for group in groups:
                await self.layer.group_send(group, {**event, "group": group})

    async def _follow_groups(self) -> None:
        """Join the layer's groups that have sockets here, and leave all others."""
        while True:
            await asyncio.sleep(0)  # collect the sockets that come and go in this iteration
            missing = list(self.subscribers.keys() - self.joined)
            past = list(self.requested - self.subscribers.keys())
            if not missing and not past:
                self.joining_fails = False
                self._resolve_joining(True, self._joining)
                return
            try:
                async with asyncio.timeout(settings.REDIS_TIMEOUT_SECONDS):
                    await self._join_and_leave(missing, past)
                # Don't make sockets wait for sockets that arrive after them.
                self._resolve_joining(True, self.joined)
            except Exception as error:
                log.warning("joining_failed", groups=len(missing), error=type(error).__name__)
                self.joining_fails = True
                self._resolve_joining(False, self._joining)
                await asyncio.sleep(RETRY_SECONDS)

    async def _join_and_leave(self, missing: list[str], past: list[str]) -> None:
        if self.channel is None:
            if hasattr(self.layer, "new_callback_channel"):
                self.channel = self.layer.new_callback_channel(self._receive_from_layer)
            else:
                self.channel = await self.layer.new_channel()
                self._run("listen", self._listen)
        for group in past:
            if group not in self.subscribers:  # nobody has come back meanwhile
                self.joined.discard(group)
                await self.layer.group_discard(group, self.channel)
                self.requested.discard(group)
        # Record them before the layer confirms: a join that times out may have succeeded all the
        # same, and has to be undone once the group is empty.
        self.requested.update(missing)
        if missing and hasattr(self.layer, "group_add_many"):
            await self.layer.group_add_many(missing, self.channel)
        else:
            for group in missing:
                await self.layer.group_add(group, self.channel)
        self.joined.update(missing)

    def _resolve_joining(self, joined: bool, groups: Collection[str]) -> None:
        for group in self._joining.keys() & groups:
            future = self._joining.pop(group)
            if not future.done():
                future.set_result(joined)

    async def _listen(self) -> None:
        while True:
            try:
                event = await self.layer.receive(self.channel)
                if group := event.get("group"):
                    self._receive_from_layer(group, event)
            except Exception as error:
                log.exception("listening_failed", error=type(error).__name__)
                await asyncio.sleep(RETRY_SECONDS)

    def _receive_from_layer(self, group: str, event: Event) -> None:
        if event.get("origin") != self.name:
            self.receive(group, event)

    def _run(self, name: str, work: Any) -> "asyncio.Task[None]":
        """Run only one task of a kind; it continues until there is nothing left to do."""
        task = self._tasks.get(name)
        if task is None or task.done():
            task = self._tasks[name] = spawn(work())
        return task


_hub = per_loop(Hub)
