"""The socket: frames in become one action each, events of the role groups go out."""

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.threads import in_thread
from notifications.consumers import FLOODS, BadgeConsumer
from notifications.gather import Gathered
from notifications.pressure import Allowance

from . import access, actions, events, limits, queries, wire
from .errors import Refused
from .models import Side

log = structlog.get_logger("trato.socket")

TOO_BIG = 1009  # RFC 6455

revisions: Gathered[int, int] = Gathered(queries.revisions)


@dataclass(frozen=True)
class OpenConversation:
    """What a socket may do in a conversation that it opened, without asking the database."""

    side: Side
    groups: tuple[str, ...]


class ChatConsumer(BadgeConsumer):
    """One tab of one person."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.open: dict[int, OpenConversation] = {}
        self.frames = Allowance(settings.SOCKET_FRAMES_PER_MINUTE)
        self.bad_frames = Allowance(settings.SOCKET_BAD_FRAMES_PER_MINUTE)

    async def groups_now(self) -> set[str]:
        groups = await in_thread(access.role_groups, self.person) | await super().groups_now()
        # Whoever left a shop has its conversations open no longer.
        self.open = {pk: kept for pk, kept in self.open.items() if groups & set(kept.groups)}
        return groups

    # -- in ----------------------------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Route one frame to its action; whatever is wrong with it, the socket lives."""
        if self.closing:
            return
        if not self.frames.take():
            await self.stop(FLOODS)
            return
        if len(text_data or bytes_data or "") > settings.SOCKET_FRAME_MAX_BYTES or (
            text_data and len(text_data.encode()) > settings.SOCKET_FRAME_MAX_BYTES
        ):
            await self.stop(TOO_BIG)
            return
        with translation.override(self.language()):
            try:
                await self.route(text_data)
            except Refused as refusal:
                await self.refuse(refusal, text_data)
            except Http404:
                await self.refuse(
                    Refused("not_found", _("There is no such conversation.")), text_data
                )
            except (DatabaseError, InterfaceError):
                log.warning("database_unavailable", user=self.person.pk)
                await self.refuse(
                    Refused("unavailable", _("This is not possible just now. Try again soon.")),
                    text_data,
                )

    async def route(self, text: str | None) -> None:
        if text is None:
            raise Refused("invalid", _("The browser sent something that is not understood."))
        match wire.decode(text):
            case wire.Send(conversation=pk, client_id=client_id, body=body):
                message = await in_thread(actions.send, self.person, pk, client_id, body)
                await self.send_frame(wire.encode(wire.MessageAccepted.of(message)))
            case wire.Open(conversation=pk, since=since):
                await self.open_conversation(pk, since)
            case wire.Close(conversation=pk):
                self.open.pop(pk, None)
            case wire.Read(conversation=pk, sequence=sequence):
                await in_thread(actions.mark_read, self.person, pk, sequence)
            case wire.Typing(conversation=pk):
                await self.announce_typing(pk)

    async def open_conversation(self, pk: int, since: int) -> None:
        """Answer with the latest page, or with what came since; from now on it is healed."""
        if pk not in self.open and len(self.open) >= settings.SOCKET_OPEN_CONVERSATIONS:
            raise Refused("invalid", _("Too many conversations are open in this tab."))

        def read() -> tuple[OpenConversation, wire.ConversationState]:
            conversation = access.conversation_for(self.person, pk)
            messages, more = (
                queries.messages_since(conversation, since)
                if since
                else queries.latest_messages(conversation)
            )
            return (
                OpenConversation(
                    conversation.side_of(self.person.pk), events.groups_of(conversation)
                ),
                wire.page(
                    conversation,
                    messages,
                    more=more,
                    read=queries.read_marks(conversation),
                    resuming=bool(since),
                ),
            )

        self.open[pk], state = await in_thread(read)
        await self.send_frame(wire.encode(state))

    async def announce_typing(self, pk: int) -> None:
        conversation = self.open.get(pk)
        if conversation is None:
            raise Http404("not open on this socket")
        await in_thread(limits.hit, "typing", self.person.pk)
        await events.typing(pk, conversation.groups, conversation.side, self.person)

    async def refuse(self, refusal: Refused, text: str | None) -> None:
        """Tell what was wrong; a stream of refused frames is a flood."""
        client_id = wire.client_id_of(text) if text else None
        await self.send_frame(wire.encode(wire.Error.of(refusal, client_id)))
        if refusal.code not in ("unavailable", "rate_limited") and not self.bad_frames.take():
            await self.stop(FLOODS)

    def language(self) -> str:
        """The language in which this tab's person is answered, chosen as for a page."""
        request = HttpRequest()
        request.COOKIES = self.scope["cookies"]
        headers = dict(self.scope["headers"])
        request.META["HTTP_ACCEPT_LANGUAGE"] = headers.get(b"accept-language", b"").decode("latin1")
        return translation.get_language_from_request(request)

    # -- out ---------------------------------------------------------------------------------

    async def chat_message(self, event: dict[str, Any]) -> None:
        """Hand a frame of one of this person's role groups on to the browser."""
        await self.send_frame(event["frame"])

    async def chat_typing(self, event: dict[str, Any]) -> None:
        """Somebody is writing: of interest only where the conversation is open, to the others."""
        if event["conversation"] in self.open and event["user"] != self.person.pk:
            await self.send_frame(event["frame"])

    async def beat(self) -> None:
        await super().beat()
        if self.closing or not self.open:
            return
        try:
            open_now = tuple(self.open)
            found = await asyncio.gather(*(revisions.get(pk) for pk in open_now))
        except (DatabaseError, InterfaceError):
            return  # the next beat asks again
        tops = {pk: top for pk, top in zip(open_now, found, strict=True) if top is not None}
        await self.send_frame(wire.encode(wire.Heartbeat(tops)))
