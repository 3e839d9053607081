"""The socket: frames in become one action each, events of the role groups go out."""

import asyncio
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Self

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from notifications.consumers import BadgeConsumer, checks
from trato.client_address import network_of_socket
from trato.errors import Refused
from trato.people import Person
from trato.realtime import groups, metrics
from trato.realtime.close_codes import FLOODS, INTERNAL_ERROR, PAGE_OF_ANOTHER, TOO_BIG
from trato.realtime.database import run_in_database_thread
from trato.realtime.frames import Error, encode
from trato.realtime.token_bucket import TokenBucket

from . import access, events, frames, queries
from .host import host
from .models import Side
from .rate_limits import limits
from .reading import batch as reading
from .sending import actions as sending

log = structlog.get_logger("trato.socket")

FOR_NOW = ("rate_limited", "unavailable")  # refused so, a message is sent again


@dataclass(slots=True)
class OpenConversation:
    """What a socket may do in a conversation that it opened, without asking the database.

    Until the client has all that it resumes, `held` keeps what happens meanwhile from being told
    before it. `more` to come after a page: the next page will have it. While a page is read: it
    follows the page.
    """

    side: Side | None = None
    groups: tuple[str, ...] = ()
    reading: bool = False
    more: bool = False
    held: list[str] = field(default_factory=list)


class ChatConsumer(BadgeConsumer):
    """One tab of one person."""

    event_types = BadgeConsumer.event_types | {"chat.message", "chat.typing"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.open: dict[int, OpenConversation] = {}
        # By client_id: the sends that are under way, and those that the client will send again.
        self.sends: dict[uuid.UUID, asyncio.Future[str]] = {}
        self.frames = TokenBucket(settings.SOCKET_FRAMES_PER_MINUTE)
        self.bad_frames = TokenBucket(settings.SOCKET_BAD_FRAMES_PER_MINUTE)

    @classmethod
    async def groups_of(cls, people: Mapping[Self, Person]) -> dict[Self, set[str]]:
        groups = await super().groups_of(people)
        sellers = {person.pk for person in people.values() if host.acts_as_seller(person)}
        shops = await run_in_database_thread(host.shops_of, sellers) if sellers else {}
        for one, person in people.items():
            groups[one] |= access.role_groups(person, shops.get(person.pk, ()))
        return groups

    def move_to(self, due: set[str]) -> "list[asyncio.Future[bool]]":
        # Whoever left a shop has its conversations open no longer. One that is being read has no
        # groups yet: it is looked at when it has.
        self.open = {
            pk: kept for pk, kept in self.open.items() if kept.reading or due & {*kept.groups}
        }
        return super().move_to(due)

    async def may_come(self) -> bool:
        network = network_of_socket(self.scope)
        if not network:
            return True
        (refusal,) = await limits.hit_many("socket_from", [network])
        return refusal is None

    async def may_stay(self) -> bool:
        (refusal,) = await limits.hit_many("socket", [self.person.pk])
        return refusal is None and await super().may_stay()

    # -- in ----------------------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Route one frame to its action; whatever is wrong with it, the socket lives."""
        if self.closing:
            return
        if not self.frames.consume():
            await self.stop(FLOODS)
            return
        size = len(text_data.encode(errors="replace") if text_data else bytes_data or b"")
        if size > settings.SOCKET_FRAME_MAX_BYTES:
            await self.stop(TOO_BIG)
            return
        try:
            await self.route(text_data)
        except Exception as error:
            self.refuse(error, frames.client_id_of(text_data) if text_data else None)

    async def connect(self) -> None:
        await super().connect()
        self.out.offer_to(self.take)

    def take(self, text: str) -> bool:
        """Take a send at once, unless it has to wait for what the client sent before it."""
        if self.closing or not self.at_rest:
            return False
        try:
            frame = frames.decode(text)
        except Refused:
            return False
        if not isinstance(frame, frames.Send) or not self.frames.consume():
            return False
        self.context.run(self.send_message, frame)
        return True

    async def route(self, text: str | None) -> None:
        match frames.decode(text):
            case frames.Send() as frame:
                self.send_message(frame)
            case frames.Claim(user=pk):
                if pk != self.person.pk:
                    await self.stop(PAGE_OF_ANOTHER)
            case frames.Open(conversation=pk, since=since):
                await self.open_conversation(pk, since)
            case frames.Close(conversation=pk):
                self.open.pop(pk, None)
            case frames.Read(conversation=pk, sequence=sequence):
                await reading.mark_read(self.person, pk, sequence)
            case frames.Typing(conversation=pk, stopped=stopped):
                await self.announce_typing(pk, stopped=stopped)

    def send_message(self, frame: frames.Send) -> None:
        # Not waited for: it is answered with the others of its batch.
        before = self.sends.get(frame.after) if frame.after else None
        answer = (
            sending.submit(self.person, frame)
            if before is None
            else asyncio.get_running_loop().create_task(self.send_after(before, frame))
        )
        self.sends[frame.client_id] = answer
        answer.add_done_callback(partial(self.answer_send, frame.client_id))
        self.tasks.add(answer)
        answer.add_done_callback(self.tasks.discard)

    async def send_after(self, before: "asyncio.Future[str]", frame: frames.Send) -> str:
        """Store a message behind another one; if that one comes again, so has this one to."""
        await asyncio.wait([before])
        error = before.exception()
        if error is not None and is_for_now(error):
            raise error
        return await sending.submit(self.person, frame)

    def answer_send(self, client_id: uuid.UUID, answer: "asyncio.Future[str]") -> None:
        """The acknowledgement of a send, or why there is none."""
        error = answer.exception()
        if (error is None or not is_for_now(error)) and self.sends.get(client_id) is answer:
            del self.sends[client_id]
        elif len(self.sends) > settings.SOCKET_SENDS_REMEMBERED:
            del self.sends[next(iter(self.sends))]
        if error is None:
            self.send_frame(answer.result())
            return
        try:
            self.refuse(error, str(client_id))
        except Exception:  # the browser connects anew and sends it again
            log.exception("send_failed", socket=self.log_id)
            self.later(self.stop(INTERNAL_ERROR))

    async def open_conversation(self, pk: int, since: int) -> None:
        """Answer with the latest page, or with what came since; from now on it is healed."""
        known = self.open.get(pk)
        if known is None and len(self.open) >= settings.SOCKET_OPEN_CONVERSATIONS:
            with translation.override(self.language):
                raise Refused("invalid", _("Too many conversations are open in this tab."))
        if since:
            metrics.resumes.labels("socket").inc()
        opened = self.open[pk] = OpenConversation(reading=True)
        try:
            opened.side, opened.groups, state = await run_in_database_thread(self.read, pk, since)
            if not self.hears_of(opened):  # who may read it changed before or after it was read
                await checks.load(self)
            if not self.hears_of(opened):
                raise Http404("no longer theirs to read")
        except BaseException:
            if known is not None and self.hears_of(known):
                self.open[pk] = known
            else:
                self.open.pop(pk, None)
            raise
        opened.reading, opened.more = False, bool(since) and state.more
        self.send_frame(encode(state))
        if not opened.more:
            for frame in opened.held:
                self.send_frame(frame)
        opened.held = []

    def hears_of(self, opened: OpenConversation) -> bool:
        """Whether this socket is in a group of a conversation that was read."""
        return bool(self.joined & {*opened.groups})

    def read(self, pk: int, since: int) -> tuple[Side, tuple[str, ...], frames.ConversationState]:
        """What a person may know of a conversation, on a database thread."""
        conversation = access.conversation_for(self.person, pk)
        messages, more = (
            queries.messages_since(conversation, since)
            if since
            else queries.latest_messages(conversation)
        )
        marks = queries.read_marks(conversation)
        state = frames.page(conversation, messages, more=more, read=marks, resuming=bool(since))
        return conversation.side_of(self.person.pk), events.groups_of(conversation), state

    async def announce_typing(self, pk: int, *, stopped: bool) -> None:
        conversation = self.open.get(pk)
        if conversation is None or conversation.side is None:
            raise Http404("not open on this socket")
        (refusal,) = await limits.hit_many("typing", [self.person.pk])
        if refusal:
            raise refusal
        events.typing(pk, conversation.groups, conversation.side, self.person, stopped=stopped)

    def refuse(self, error: BaseException, client_id: str | None) -> None:
        """Tell what was wrong; a stream of refused frames is a flood."""
        with translation.override(self.language):
            match error:
                case Refused():
                    refusal = error
                case Http404():
                    refusal = Refused("not_found", _("There is no such conversation."))
                case DatabaseError() | InterfaceError():
                    log.warning("database_unavailable", user=self.person.pk)
                    refusal = Refused(
                        "unavailable", _("This is not possible just now. Try again soon.")
                    )
                case _:
                    raise error
            self.send_frame(encode(Error.of(refusal, client_id)))
        if refusal.code not in ("unavailable", "rate_limited") and not self.bad_frames.consume():
            self.later(self.stop(FLOODS))

    @cached_property
    def language(self) -> str:
        """The language in which this tab's person is answered, chosen as for a page."""
        request = HttpRequest()
        request.COOKIES = self.scope["cookies"]
        headers = dict(self.scope["headers"])
        request.META["HTTP_ACCEPT_LANGUAGE"] = headers.get(b"accept-language", b"").decode("latin1")
        return translation.get_language_from_request(request)

    # -- out ---------------------------------------------------------------------------------

    def chat_message(self, event: groups.Event) -> None:
        """Hand a frame of one of this person's role groups on to the browser."""
        opened = self.open.get(event.get("conversation", 0))
        if opened is None or not (opened.reading or opened.more):
            self.send_frame(event["frame"])
        elif opened.reading:
            opened.held.append(event["frame"])

    def chat_typing(self, event: groups.Event) -> None:
        """Somebody is writing: of interest only where the conversation is open, to the others."""
        if event["conversation"] in self.open and event["user"] != self.person.pk:
            self.send_frame(event["frame"])

    @classmethod
    async def beat(cls, sockets: Sequence[Self]) -> None:
        """Also tell each socket the top revisions of what it has open, so that it sees a gap."""
        tops: dict[int, int] = {}
        try:
            await super().beat(sockets)
            if wanted := {pk for one in sockets for pk in one.open}:
                tops = await run_in_database_thread(queries.revisions, wanted)
        except (DatabaseError, InterfaceError):
            log.warning("beat_unavailable")
        for socket in sockets:
            mine = {pk: tops[pk] for pk in socket.open if pk in tops}
            socket.send_frame(encode(frames.Heartbeat(mine)))


def is_for_now(error: BaseException) -> bool:
    """Whether a client will send the same again: what is refused for good, it will not."""
    if isinstance(error, Refused):
        return error.code in FOR_NOW
    return not isinstance(error, Http404)
