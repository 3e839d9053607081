"""Keep open conversations up to date about whether a shop is there, and about read marks.

Nobody announces that somebody is no longer there, and an event may get lost. So each process with
open conversations checks every `PRESENCE_CHECK_SECONDS`, with two queries for all of them, and
immediately when another process announces a change.
"""

import asyncio
import contextlib
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from messaging.presence import queries
from messaging.presence.actions import PRESENCE_GROUP
from messaging.presence.frames import Presence, PresenceChanged
from trato.realtime import groups
from trato.realtime.background import per_loop, spawn
from trato.realtime.consumers import RealtimeConsumer
from trato.realtime.database import run_in_database_thread
from trato.realtime.frames import encode

from .open_conversations import OpenConversations

log = structlog.get_logger("trato.socket")

OVERLAP = timedelta(seconds=60)  # a transaction may commit after its time, and clocks differ


class Sight(NamedTuple):
    """The result of one check.

    Attributes:
        there: the shops that are there, out of the shops asked for.
        changed: the people who have changed what they show since the last look.
        sides: the open conversations in which these people have read, each with their side.
    """

    there: set[int]
    changed: set[int]
    sides: set[tuple[int, str]]


class PresenceCheck:
    """One event loop's sockets with open conversations."""

    def __init__(self) -> None:
        self._sockets: dict[RealtimeConsumer, OpenConversations] = {}
        self._task: asyncio.Task[None] | None = None
        self._wake = asyncio.Event()
        self._known: dict[int, datetime] = {}  # when a person's choices changed, by person
        self._looked_at = timezone.now()

    def add(self, socket: RealtimeConsumer, conversations: OpenConversations) -> None:
        """Keep a socket's conversations up to date from now on; call it after one is opened."""
        self._sockets[socket] = conversations
        if conversations.of_shopper():
            self._wake.set()
        if self._task is None or self._task.done():
            self._looked_at = timezone.now()
            self._task = spawn(self._run())

    def discard(self, socket: RealtimeConsumer) -> None:
        """Forget a socket. Do nothing if it is not known."""
        if self._sockets.pop(socket, None) is not None and not self._sockets:
            self._wake.set()

    def handle_event(self, event: groups.Event) -> None:
        """Check immediately: something has changed."""
        self._wake.set()

    async def _run(self) -> None:
        groups.add(PRESENCE_GROUP, self)
        while self._sockets:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(settings.PRESENCE_CHECK_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self._look()
            except (DatabaseError, InterfaceError):
                log.warning("presence_unavailable")
            except Exception:
                log.exception("presence_failed")
            if self._sockets:
                await asyncio.sleep(settings.PRESENCE_PAUSE_SECONDS)
        groups.discard(PRESENCE_GROUP, self)

    async def _look(self) -> None:
        shops = {
            opened.shop for one in self._sockets.values() for opened in one.of_shopper().values()
        }
        opened = set[int]().union(*self._sockets.values())
        if not opened:
            return
        sight = await run_in_database_thread(self._see, shops, opened)
        for socket, conversations in tuple(self._sockets.items()):
            for pk, one in conversations.of_shopper().items():
                is_there = one.shop in sight.there and not one.blocked_by
                if one.shop in shops and is_there != one.is_shop_there:
                    one.is_shop_there = is_there
                    socket.send_frame(encode(Presence(pk, is_there)))
            for pk, side in conversations.sides().items():
                if socket.user.pk in sight.changed or (pk, side.other) in sight.sides:
                    socket.send_frame(encode(PresenceChanged(pk)))

    def _see(self, shops: set[int], opened: set[int]) -> Sight:
        """Query the database; runs on a database thread."""
        now = timezone.now()
        times = queries.changed_since(self._looked_at - OVERLAP)
        changed = {pk for pk, time in times.items() if self._known.get(pk) != time}
        sides = queries.sides_of(changed, opened) if changed else set()
        there = queries.shops_there(shops)
        self._known, self._looked_at = times, now
        return Sight(there, changed, sides)


presence_check = per_loop(PresenceCheck)
