"""The receive-only part of the socket: who is logged in, and the number of unread notifications."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any, Self

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from trato.realtime import groups
from trato.realtime.consumers import RealtimeConsumer
from trato.realtime.database import run_in_database_thread
from trato.realtime.dataloader import DataLoader
from trato.realtime.frames import encode
from trato.realtime.groups import Event
from trato.realtime.latest import Latest

from . import frames, queries
from .announcements import queries as announcements
from .announcements.frames import CHANGED, SELLERS_GROUP, SHOPPERS_GROUP

badges: DataLoader[int, tuple[queries.Unread, int]] = DataLoader.from_database(queries.badges)
# In a conversation, badges change several times a second: a message arrives and is read. That
# doesn't change how many announcements are unread, so these are not counted again.
changed_badges: DataLoader[int, queries.Unread] = DataLoader.from_database(
    queries.unread_counts, pause=lambda: settings.BADGE_PAUSE_SECONDS
)
changed_announcements: DataLoader[int, int] = DataLoader.from_database(
    announcements.unread_counts, pause=lambda: settings.BADGE_PAUSE_SECONDS
)
SOCKET_SECONDS = 0.0001  # per socket, when all sockets show an announcement


class BadgeConsumer(RealtimeConsumer):
    """Keeps a tab's badge up to date. Subclasses add their groups and frames."""

    event_types = RealtimeConsumer.event_types | {"badge.changed", CHANGED}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unread = queries.NOTHING  # what the client knows, with announcements
        self.counted = queries.NOTHING  # the last count, without announcements
        self.announced = 0  # unread announcements
        self.counts, self.announced_counts = Latest(), Latest()
        self.turn = random.random()  # noqa: S311 – when it shows an announcement

    async def connect(self) -> None:
        await self.accept()  # before any close: browsers hide the code of a refused handshake
        if await self.authenticate():
            await self.greet()

    async def greet(self) -> None:
        """Tell the client who is logged in and how much is unread, and start handling events."""
        count, announced_count = self.counts.ask(), self.announced_counts.ask()
        counted, announced = await badges.load(self.user.pk) or (queries.NOTHING, 0)
        if self.closing:
            return
        if self.counts.applies(count) and self.announced_counts.applies(announced_count):
            self.counted, self.announced = counted, announced
            self.unread = counted.plus(announced)
            ready = frames.SessionReady(self.user.pk, self.unread.total, self.unread.notices)
            self.send_frame(encode(ready))
            self.start()

    async def badge_changed(self, event: Event) -> None:
        """Recount, because the number of unread notifications may have changed."""
        await self.recount()

    async def announcement_changed(self, event: Event) -> None:
        """Show an announcement or remove it, and count the unread ones.

        All sockets of a role get the event at the same time. They share a few queries
        (`DataLoader`), and take turns over `ANNOUNCEMENT_SPREAD_SECONDS`. A socket's turn always
        comes at the same point, so that an announcement and its withdrawal keep their order.
        """
        frame = event.get("frame")
        if frame:
            sockets = max(map(groups.count, (SHOPPERS_GROUP, SELLERS_GROUP)))
            spread = min(sockets * SOCKET_SECONDS, settings.ANNOUNCEMENT_SPREAD_SECONDS)
            await asyncio.sleep(self.turn * spread)
        await self.recount_announcements(frame if self._is_addressed(event) else None)

    def _is_addressed(self, event: Event) -> bool:
        return bool(self.user.pk <= (event.get("people_until") or 0))

    async def access_changed(self, event: Event) -> None:
        await super().access_changed(event)
        if not self.closing:  # don't count what the person may no longer see
            await asyncio.gather(self.recount(), self.recount_announcements())

    async def recount(self) -> None:
        """Count unread notifications, and send the number if the client has a different one."""
        count = self.counts.ask()
        try:
            counted = await changed_badges.load(self.user.pk) or queries.NOTHING
        except (DatabaseError, InterfaceError):
            return  # the next heartbeat counts again
        if self.counts.applies(count):
            self.counted = counted
            self.show_badge()

    async def recount_announcements(self, frame: str | None = None) -> None:
        """Count unread announcements as well.

        Args:
            frame: sent before the number, so that the client needn't ask what has changed.
        """
        count = self.announced_counts.ask()
        try:
            announced = await changed_announcements.load(self.user.pk) or 0
        except (DatabaseError, InterfaceError):
            return  # as above
        if frame:
            self.send_frame(frame)
        if self.announced_counts.applies(count):
            self.announced = announced
            self.show_badge()

    def show_badge(self) -> None:
        """Send the numbers, if the client has different ones."""
        unread = self.counted.plus(self.announced)
        if unread != self.unread:
            self.unread = unread
            self.send_frame(encode(frames.Badge(unread.total, unread.notices)))

    @classmethod
    async def beat(cls, sockets: Sequence[Self]) -> None:
        """Also correct badges after lost events, and once announcements have expired."""
        await super().beat(sockets)
        # Make few passes over the sockets: with hundreds of them, each pass hits a cold cache.
        asked = [
            (socket, socket.user.pk, socket.counts.ask(), socket.announced_counts.ask())
            for socket in sockets
        ]
        people = {pk for _socket, pk, *_questions in asked}
        badges = await run_in_database_thread(queries.badges, people)
        for socket, pk, count, announced_count in asked:
            counted, announced = badges[pk]
            if socket.counts.applies(count):
                socket.counted = counted
            if socket.announced_counts.applies(announced_count):
                socket.announced = announced
            socket.show_badge()
