"""The receive-only part of the socket: who is logged in, and the number of unread notifications."""

from collections.abc import Sequence
from typing import Any, Self

from django.conf import settings
from django.db import DatabaseError, InterfaceError

from trato.realtime.consumers import RealtimeConsumer
from trato.realtime.database import run_in_database_thread
from trato.realtime.dataloader import DataLoader
from trato.realtime.frames import encode
from trato.realtime.groups import Event
from trato.realtime.latest import Latest

from . import frames, queries

badges: DataLoader[int, queries.Unread] = DataLoader.from_database(queries.unread_counts)
# In a conversation, badges change several times a second: a message arrives and is read.
changed_badges: DataLoader[int, queries.Unread] = DataLoader.from_database(
    queries.unread_counts, pause=lambda: settings.BADGE_PAUSE_SECONDS
)


class BadgeConsumer(RealtimeConsumer):
    """Keeps a tab's badge up to date. Subclasses add their groups and frames."""

    event_types = RealtimeConsumer.event_types | {"badge.changed"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unread = queries.NOTHING  # that the client knows
        self.counts = Latest()

    async def connect(self) -> None:
        await self.accept()  # before any close: browsers hide the code of a refused handshake
        if await self.authenticate():
            await self.greet()

    async def greet(self) -> None:
        """Tell the client who is logged in and how much is unread, and start to handle events."""
        count = self.counts.ask()
        unread = await badges.load(self.user.pk) or queries.NOTHING
        if not self.closing and self.counts.applies(count):
            self.unread = unread
            ready = frames.SessionReady(self.user.pk, unread.total, unread.notices)
            self.send_frame(encode(ready))
            self.start()

    async def badge_changed(self, event: Event) -> None:
        """Recount, because the number of unread notifications may have changed."""
        await self.recount()

    async def access_changed(self, event: Event) -> None:
        await super().access_changed(event)
        await self.recount()  # don't count what the person may no longer see

    async def recount(self) -> None:
        """Count unread notifications, and send the number if the client has another one."""
        count = self.counts.ask()
        try:
            unread = await changed_badges.load(self.user.pk) or queries.NOTHING
        except (DatabaseError, InterfaceError):
            return  # the next heartbeat counts again
        if self.counts.applies(count) and unread != self.unread:
            self.show_badge(unread)

    def show_badge(self, unread: queries.Unread) -> None:
        self.unread = unread
        self.send_frame(encode(frames.Badge(unread.total, unread.notices)))

    @classmethod
    async def beat(cls, sockets: Sequence[Self]) -> None:
        """Also correct badges after lost events."""
        await super().beat(sockets)
        # Each pass over hundreds of sockets meets a cold cache, so there are few.
        asked = [(socket, socket.user.pk, socket.counts.ask()) for socket in sockets]
        people = {pk for _socket, pk, _question in asked}
        unread = await run_in_database_thread(queries.unread_counts, people)
        for socket, pk, question in asked:
            if socket.counts.applies(question) and unread[pk] != socket.unread:
                socket.show_badge(unread[pk])
