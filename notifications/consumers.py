"""The receive-only half of the socket: who is there, may they stay, and what is unread."""

import time
from typing import Any

import structlog
from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError, InterfaceError

from accounts import relay
from accounts.models import User
from accounts.sessions import NoSession, Suspended, person_of
from accounts.threads import in_thread

from . import heartbeat, queries, wire
from .gather import Gathered
from .pressure import unsent_bytes

log = structlog.get_logger("trato.socket")

INTERNAL_ERROR = 1011  # RFC 6455, as the next
TRY_AGAIN_LATER = 1013
NO_SESSION = 4401
SUSPENDED = 4403
READS_TOO_SLOWLY = 4408
FLOODS = 4429

badges: Gathered[int, int] = Gathered(queries.unread_counts)


class BadgeConsumer(AsyncWebsocketConsumer):
    """Joins `user.<id>` and hands the badge on; subclasses add their groups and their frames."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user: User | None = None
        self.joined: set[str] = set()
        self.unread: int | None = None
        self.closing = False
        self.session_checked_at = 0.0

    async def dispatch(self, message: dict[str, Any]) -> None:
        # Channels' own dispatch hops to the database thread for every event, only to close old
        # connections; in_thread() does that where there was a query.
        handler = getattr(self, get_handler_name(message), None)
        if handler is None or not self.may_hear(message):
            return
        try:
            await handler(message)
        except StopConsumer:
            raise
        except Exception:
            # Channels would let the consumer die here without a disconnect, and the socket would
            # stay in its groups. So it is closed in order; the browser connects anew.
            log.exception("handler_failed", event_type=message["type"])
            await self.stop(INTERNAL_ERROR)

    def may_hear(self, message: dict[str, Any]) -> bool:
        """Whether an event is for a group that this socket is in, as far as it knows itself.

        A layer that cannot be reached keeps a socket in a group that it left; this does not.
        Events of the server itself name no group.
        """
        return "group" not in message or message["group"] in self.joined

    async def websocket_disconnect(self, message: dict[str, Any]) -> None:
        heartbeat.forget(self)
        await super().websocket_disconnect(message)

    # -- coming and going --------------------------------------------------------------------

    async def connect(self) -> None:
        # Accepted first and closed after: a browser is only told a code once it was let in.
        await self.accept()
        try:
            if not await self.check_session():
                return
            await self.join_groups()
            unread = await badges.get(self.person.pk)
        except (DatabaseError, InterfaceError):
            log.warning("connect_unavailable")
            await self.stop(TRY_AGAIN_LATER)
            return
        self.unread = unread
        await self.send_frame(wire.encode(wire.SessionReady(self.person.pk, unread or 0)))
        heartbeat.remember(self)

    async def disconnect(self, code: int) -> None:
        self.closing = True
        await self.leave_groups()

    async def leave_groups(self) -> None:
        while self.joined:
            await relay.leave(self.joined.pop(), self.channel_name)

    async def stop(self, code: int) -> None:
        """Close the socket; nothing more is sent to it or heard from it."""
        if not self.closing:
            self.closing = True
            log.info("socket_closed", code=code, user=self.user and self.user.pk)
            await self.close(code)

    @property
    def person(self) -> User:
        """Who is on this socket, once the session was checked."""
        if self.user is None:
            raise RuntimeError("nobody is on this socket yet")
        return self.user

    # -- standing ----------------------------------------------------------------------------

    async def check_session(self) -> bool:
        """Read session and account from the database anew; close the socket if they ended."""
        key = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME)
        try:
            self.user = await in_thread(person_of, key)
        except NoSession:
            await self.stop(NO_SESSION)
        except Suspended:
            await self.stop(SUSPENDED)
        self.session_checked_at = time.monotonic()
        return not self.closing

    async def groups_now(self) -> set[str]:
        """The groups that this person's socket belongs in."""
        return {relay.user_group(self.person.pk)}

    async def join_groups(self) -> None:
        """Join what is missing and leave what is no longer due; what failed is tried next time."""
        due = await self.groups_now()
        for group in due - self.joined:
            if await relay.join(group, self.channel_name):
                self.joined.add(group)
        for group in self.joined - due:
            self.joined.discard(group)
            await relay.leave(group, self.channel_name)
        if self.closing:  # while the layer was being asked
            await self.leave_groups()

    async def access_changed(self, event: dict[str, Any]) -> None:
        """Session, standing or shops of this person changed: look what is left of them."""
        await self.recheck()

    async def recheck(self) -> None:
        try:
            if await self.check_session():
                await self.join_groups()
        except (DatabaseError, InterfaceError):
            log.warning("recheck_unavailable")

    # -- the badge ---------------------------------------------------------------------------

    async def badge_changed(self, event: dict[str, Any]) -> None:
        """The number of unread notifications may have changed: count, whatever the event says."""
        await self.send_badge()

    async def send_badge(self, *, only_if_changed: bool = False) -> None:
        try:
            unread = await badges.get(self.person.pk) or 0
        except (DatabaseError, InterfaceError):
            return  # the heartbeat counts again
        if not (only_if_changed and unread == self.unread):
            self.unread = unread
            await self.send_frame(wire.encode(wire.Badge(unread)))

    async def beat(self) -> None:
        """From time to time: heal what the layer dropped, and check the session."""
        age = time.monotonic() - self.session_checked_at
        if age >= settings.SOCKET_SESSION_CHECK_SECONDS:
            await self.recheck()
        if not self.closing:
            await self.send_badge(only_if_changed=True)

    # -- out ---------------------------------------------------------------------------------

    async def send_frame(self, text: str) -> None:
        """Send, unless the client reads so slowly that it would fill this process's memory."""
        if self.closing:
            return
        if unsent_bytes(self.base_send) > settings.SOCKET_UNSENT_MAX_BYTES:
            await self.stop(READS_TOO_SLOWLY)
            return
        await self.send(text_data=text)
