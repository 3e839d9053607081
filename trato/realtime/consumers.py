"""The generic consumer: who is on a socket, which groups it is in, and their events."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Self

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError

from trato.people import Person

from . import access_check, groups, heartbeat
from .close_codes import FLOODS
from .latest import Latest
from .sockets import SocketConsumer, handler_name

log = structlog.get_logger("trato.socket")


class RealtimeConsumer(SocketConsumer):
    """One person's socket, in groups for what that person may see. Knows no model and no app.

    A subclass calls `authenticate` and `start` in `connect`. It returns its groups in `groups_of`,
    handles events in methods named after their type, and lists these types in `event_types`.
    """

    event_types: ClassVar[frozenset[str]] = frozenset({"access.changed"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.joined: set[str] = set()
        self.early: list[groups.Event] | None = []  # events that arrive before `start`
        self.checks = Latest()  # of the session; see `access_check.check`
        self.checked_at = 0.0  # time.monotonic()

    async def websocket_connect(self, message: dict[str, Any]) -> None:
        await self.connect()

    async def authenticate(self) -> bool:
        """Find out who is on the socket, and join groups; return False if it was closed instead."""
        await access_check.checks.load(self)
        if self.closing:
            return False
        if groups.count(groups.user_group(self.user.pk)) > settings.SOCKETS_PER_PERSON:
            await self.close(FLOODS)
        return not self.closing

    def start(self) -> None:
        """Start handling events, including those that arrived while joining groups."""
        early, self.early = self.early or [], None
        for event in early:
            self.handle_event(event)
        heartbeat.add(self)

    def leave_all(self) -> None:
        """Leave all groups. From now on nothing reaches the socket."""
        super().leave_all()
        heartbeat.discard(self)
        while self.joined:
            groups.discard(self.joined.pop(), self)

    # -- Groups ----------------------------------------------------------------------------------

    @classmethod
    async def groups_of(cls, people: Mapping[Self, Person]) -> dict[Self, set[str]]:
        """Return the groups that each socket belongs in.

        Args:
            people: the person on each socket, whose `user` may not be set yet.
        """
        return {
            socket: {groups.user_group(user.pk), *socket.groups} for socket, user in people.items()
        }

    def set_groups(self, due: set[str]) -> "list[asyncio.Future[bool]]":
        """Leave groups that are not in `due`, and join missing ones, as `join` does."""
        for group in self.joined - due:
            self.joined.discard(group)
            groups.discard(group, self)
        return self.join(due)

    def join(self, names: set[str]) -> "list[asyncio.Future[bool]]":
        """Join groups; the futures are done once other processes' events arrive as well."""
        new = set() if self.closing else names - self.joined
        self.joined |= new
        return [groups.add(name, self) for name in new]

    def handle_event(self, event: groups.Event) -> None:
        """Handle an event of one of the groups. If the handler is a coroutine, run it as a task."""
        if self.closing or event["type"] not in self.event_types:
            return
        if self.early is not None:
            self.early.append(event)
            return
        try:
            waiting = getattr(self, handler_name(event["type"]))(event)
        except Exception as error:
            waiting = self.fail(error)
        if waiting is not None:
            self.spawn(waiting)

    async def access_changed(self, event: groups.Event) -> None:
        """Check the person's session, account and memberships, because they may have changed."""
        try:
            await access_check.checks.load(self)
        except (DatabaseError, InterfaceError):
            log.warning("check_unavailable")
            self.checked_at = 0.0  # makes the next heartbeat check again

    @classmethod
    async def beat(cls, sockets: Sequence[Self]) -> None:
        """Check the sessions that are due. The heartbeat calls this periodically."""
        oldest = time.monotonic() - settings.SOCKET_SESSION_CHECK_SECONDS
        if due := [socket for socket in sockets if socket.checked_at <= oldest]:
            await access_check.check(due)
