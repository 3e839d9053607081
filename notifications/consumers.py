"""The receive-only half of the socket: who is there, may they stay, and what is unread."""

import asyncio
import contextvars
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, ClassVar, Self

import structlog
from channels.consumer import get_handler_name
from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.db import DatabaseError, InterfaceError

from trato.people import Person
from trato.realtime import groups, heartbeat, metrics
from trato.realtime.close_codes import (
    FLOODS,
    INTERNAL_ERROR,
    NO_SESSION,
    PAGE_OF_ANOTHER,
    READS_TOO_SLOWLY,
    SERVICE_RESTART,
    SUSPENDED,
    TRY_AGAIN_LATER,
)
from trato.realtime.database import run_in_database_thread
from trato.realtime.dataloader import DataLoader
from trato.realtime.frames import encode
from trato.realtime.latest import Latest
from trato.realtime.outgoing import Outgoing
from trato.realtime.servers.asgi import Send
from trato.realtime.sessions import Ended, people_of

from . import frames, queries

log = structlog.get_logger("trato.socket")

badges: DataLoader[int, int] = DataLoader.from_database(queries.unread_counts)


class BadgeConsumer(AsyncWebsocketConsumer):
    """Joins `user.<id>` and hands the badge on; subclasses add their groups and their frames.

    Channels would give each socket a channel of the layer, a queue, and a task that waits on
    both. Here a socket only waits for its client; events come from its groups, to `handle_event`.
    """

    # Layer events that are handled, each by the method of its name.
    event_types: ClassVar[frozenset[str]] = frozenset({"badge.changed", "access.changed"})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user: Person | None = None
        self.joined: set[str] = set()
        self.unread: int | None = None
        self.early: list[groups.Event] | None = []  # what came before `session.ready` was sent
        self.closing = False
        self.at_rest = False  # nothing that the client sent is being worked on
        self.session_checked_at = 0.0
        self.access = Latest()
        self.badge = Latest()
        self.tasks: set[asyncio.Future[Any]] = set()  # what is under way for this socket

    async def __call__(
        self, scope: dict[str, Any], receive: Callable[[], Awaitable[dict[str, Any]]], send: Send
    ) -> None:
        self.scope = scope
        self.base_send = send
        self.out = Outgoing(scope, send)
        self.context = contextvars.copy_context()  # has this socket's id for the log
        self.log_id = structlog.contextvars.get_contextvars().get("socket")
        with metrics.sockets_open.track_inprogress():
            try:
                while True:
                    self.at_rest = True
                    message = await receive()
                    self.at_rest = False
                    await self.dispatch(message)
            except StopConsumer:
                pass
            finally:
                self.part()

    async def dispatch(self, message: dict[str, Any]) -> None:
        # Channels' own dispatch hops to the database thread for every event, only to close old
        # connections; run_in_database_thread() does that where there was a query.
        try:
            await getattr(self, get_handler_name(message))(message)
        except StopConsumer:
            raise
        except Exception:
            # Channels would let the consumer die here without a disconnect, and the socket would
            # stay open and deaf. So it is closed in order; the browser connects anew.
            log.exception("handler_failed", event_type=message["type"])
            await self.stop(INTERNAL_ERROR)

    def handle_event(self, event: groups.Event) -> None:
        """Take an event of one of this socket's groups. What needs to wait becomes a task."""
        if self.closing or event["type"] not in self.event_types:
            return
        if self.early is not None:
            self.early.append(event)
            return
        try:
            waiting = getattr(self, get_handler_name(event))(event)
        except Exception:
            log.exception("handler_failed", event_type=event["type"], socket=self.log_id)
            waiting = self.stop(INTERNAL_ERROR)
        if waiting is not None:
            self.later(waiting)

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Go on with something while the socket hears and sends."""

        async def guarded() -> None:
            try:
                await work
            except Exception:
                log.exception("handler_failed")
                await self.stop(INTERNAL_ERROR)

        task = asyncio.get_running_loop().create_task(guarded(), context=self.context)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    # -- coming and going --------------------------------------------------------------------

    async def connect(self) -> None:
        # Accepted first and closed after: a browser is only told a code once it was let in.
        await self.accept()
        if not await self.may_come():
            await self.stop(FLOODS)
            return
        try:
            await checks.load(self)
            if self.closing:
                return
            if not await self.may_stay():
                await self.stop(FLOODS)
                return
            question = self.badge.ask()
            unread = await badges.load(self.person.pk)
        except (DatabaseError, InterfaceError):
            log.warning("connect_unavailable")
            await self.stop(TRY_AGAIN_LATER)
            return
        if self.closing or not self.badge.applies(question):
            return
        self.unread = unread
        self.send_frame(encode(frames.SessionReady(self.person.pk, unread or 0)))
        early, self.early = self.early or [], None
        for event in early:
            self.handle_event(event)
        heartbeat.add(self)

    async def may_come(self) -> bool:
        """Whether to look at all who wants to come in; asked before the database is."""
        return True

    async def may_stay(self) -> bool:
        """Whether this person may have one more socket open."""
        most: int = settings.SOCKETS_PER_PERSON
        return groups.count(groups.user_group(self.person.pk)) <= most

    async def disconnect(self, code: int) -> None:
        if not self.closing:  # else it was counted by the code that we chose
            metrics.socket_closed(code)
        self.part()

    def part(self) -> None:
        """Leave everything that this socket is in; nothing reaches it from now on."""
        self.closing = True
        heartbeat.discard(self)
        while self.joined:
            groups.discard(self.joined.pop(), self)

    async def stop(self, code: int) -> None:
        """Close the socket; nothing more is sent to it or heard from it."""
        if not self.closing:
            self.part()
            metrics.socket_closed(code)
            # By its id, because somebody else's work may have found that it has to go.
            user = self.user and self.user.pk
            log.info("socket_closed", code=code, user=user, socket=self.log_id)
            if code != READS_TOO_SLOWLY:
                await self.out.drain()
            await self.close(code)

    async def server_stopping(self, event: dict[str, Any]) -> None:
        """This process ends. What the client sent before is answered first."""
        if self.tasks:
            await asyncio.wait(self.tasks)
        await self.stop(SERVICE_RESTART)

    @property
    def person(self) -> Person:
        """Who is on this socket, once the session was checked."""
        if self.user is None:
            raise RuntimeError("nobody is on this socket yet")
        return self.user

    # -- standing ----------------------------------------------------------------------------

    @classmethod
    async def check(cls, sockets: Sequence[Self]) -> None:
        """Read sessions, accounts and groups of some sockets from the database anew.

        A socket that may not stay is closed; one that may joins what is missing and leaves what
        is no longer due.
        """
        now = time.monotonic()
        questions = {one: one.access.ask() for one in sockets}
        people = await run_in_database_thread(people_of, {one.session_key for one in sockets})
        # Whoever comes first hears of the end of their access, and is then looked at: what ends
        # between a look and the hearing would be missed.
        new: list[asyncio.Future[bool]] = []
        for one in sockets:
            person = people[one.session_key]
            if not isinstance(person, Ended) and one.user is None:
                new += one.join({groups.user_group(person.pk)})
        if new:
            await asyncio.gather(*new)
            people = await run_in_database_thread(people_of, {one.session_key for one in sockets})
        due = await cls.groups_of(
            {
                one: person
                for one in sockets
                if not isinstance(person := people[one.session_key], Ended)
            }
        )
        waiting: list[Awaitable[Any]] = []
        for one in sockets:
            if not one.access.applies(questions[one]):
                continue
            person = people[one.session_key]
            if isinstance(person, Ended):
                waiting.append(one.stop(SUSPENDED if person is Ended.SUSPENDED else NO_SESSION))
            elif one.user and person.pk != one.user.pk:
                waiting.append(one.stop(PAGE_OF_ANOTHER))  # a socket is one person's
            else:
                one.user, one.session_checked_at = person, now
                waiting += one.move_to(due[one])
        await asyncio.gather(*waiting)

    @classmethod
    async def groups_of(cls, people: Mapping[Self, Person]) -> dict[Self, set[str]]:
        """The groups that some people's sockets belong in."""
        return {one: {groups.user_group(person.pk)} for one, person in people.items()}

    @property
    def session_key(self) -> str:
        key: str = self.scope["cookies"].get(settings.SESSION_COOKIE_NAME, "")
        return key

    def move_to(self, due: set[str]) -> "list[asyncio.Future[bool]]":
        """Leave what is not due and join what is missing; what is still to be awaited of that."""
        for group in self.joined - due:
            self.joined.discard(group)
            groups.discard(group, self)
        return self.join(due)

    def join(self, names: set[str]) -> "list[asyncio.Future[bool]]":
        """Join what is missing of some groups, unless the socket has closed meanwhile."""
        new = set() if self.closing else names - self.joined
        self.joined |= new
        return [groups.add(name, self) for name in new]

    async def access_changed(self, event: groups.Event) -> None:
        """Session, standing or shops of this person changed: look what is left of them."""
        try:
            await checks.load(self)
        except (DatabaseError, InterfaceError):
            log.warning("check_unavailable")
            self.session_checked_at = 0.0  # the next heartbeat checks again
        await self.count(even_if_same=False)  # the badge counts what one may see

    # -- the badge ---------------------------------------------------------------------------

    async def badge_changed(self, event: groups.Event) -> None:
        """The number of unread notifications may have changed: count, whatever the event says."""
        await self.count(even_if_same=True)

    async def count(self, *, even_if_same: bool) -> None:
        question = self.badge.ask()
        try:
            unread = await badges.load(self.person.pk) or 0
        except (DatabaseError, InterfaceError):
            return  # the heartbeat counts again
        if self.badge.applies(question) and (even_if_same or unread != self.unread):
            self.show_badge(unread)

    def show_badge(self, unread: int) -> None:
        self.unread = unread
        self.send_frame(encode(frames.Badge(unread)))

    @classmethod
    async def beat(cls, sockets: Sequence[Self]) -> None:
        """From time to time: heal what the layer dropped, and check the sessions that are due."""
        now, age = time.monotonic(), settings.SOCKET_SESSION_CHECK_SECONDS
        if due := [one for one in sockets if now - one.session_checked_at >= age]:
            await cls.check(due)
        questions = {one: one.badge.ask() for one in sockets}
        counts = await run_in_database_thread(
            queries.unread_counts, {one.person.pk for one in sockets}
        )
        for socket in sockets:
            unread = counts.get(socket.person.pk, 0)
            applies = socket.badge.applies(questions[socket])
            if applies and not socket.closing and unread != socket.unread:
                socket.show_badge(unread)

    # -- out ---------------------------------------------------------------------------------

    def send_frame(self, text: str) -> None:
        """Send, unless the client reads so slowly that it would fill this process's memory."""
        if self.closing:
            return
        if self.out.unsent_bytes() > settings.SOCKET_UNSENT_MAX_BYTES:
            self.later(self.stop(READS_TOO_SLOWLY))
            return
        self.out.put(text)


async def _check(sockets: list[BadgeConsumer]) -> dict[BadgeConsumer, None]:
    await type(sockets[0]).check(sockets)
    return {}


checks: DataLoader[BadgeConsumer, None] = DataLoader(_check)
