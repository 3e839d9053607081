"""The socket of one tab: passes frames to actions, and role groups' events to the browser."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

from notifications.consumers import BadgeConsumer
from trato.people import Person
from trato.realtime.close_codes import PAGE_OF_ANOTHER
from trato.realtime.groups import Event

from . import client_frames as frames
from .socket import admission, heartbeats, presence
from .socket.changes import Changes
from .socket.open_conversations import OpenConversations
from .socket.presence_check import presence_check
from .socket.replies import Marks, Refusals, Sends
from .socket.team import Teamwork
from .team.frames import MEMBERS_CHANGED


class ChatConsumer(BadgeConsumer):
    """The socket of one browser tab. Its bases are Badge-, Realtime- and SocketConsumer."""

    event_types = BadgeConsumer.event_types | {
        "chat.message", "chat.read", "chat.typing", "chat.restriction", "chat.own",
        "team.event", "members.changed",
    }  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conversations = OpenConversations(self)
        self.presence = presence.SocketPresence(self, self.conversations)
        self.team = Teamwork(self, self.conversations)
        self.changes = Changes(self)
        self.refusals = Refusals(self)
        self.marks = Marks(self, self.refusals)
        self.sends = Sends(self, self.refusals, self.marks)

    async def connect(self) -> None:
        await self.accept()  # before any close: browsers hide the code of a refused handshake
        if await admission.admit(self):
            await self.greet()
            self.out.offer_to(self.sends.try_now)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Act on a frame that `Sends.try_now` left; send an `error` if it is refused."""
        with self.refusals.answering(text_data):
            match frames.decode(text_data):
                case frames.Send() as frame:
                    self.sends.submit(frame)
                case frames.Claim(user=pk) if pk != self.user.pk:
                    await self.close(PAGE_OF_ANOTHER)
                case frames.Open(conversation=pk, since=since):
                    await self.conversations.open(pk, since)
                    presence_check().add(self, self.conversations)
                case frames.Close(conversation=pk):
                    self.conversations.close(pk)
                    self.team.leave(self.conversations)
                case frames.Read() as frame:
                    await self.marks.add(frame)
                case frames.Typing() | frames.Active() as frame:
                    await self.presence.receive(frame)
                case frames.Edit() | frames.Withdraw() | frames.React() as frame:
                    await self.changes.receive(frame)
                case frames.AddNote() | frames.Looking() as frame:
                    await self.team.receive(frame)

    def chat_message(self, event: Event) -> None:
        """Pass on a role group's frame; hold it back while its conversation is being opened."""
        self.conversations.deliver(event)

    def chat_read(self, event: Event) -> None:
        """Pass on how far somebody has read, unless that is hidden from the person."""
        self.presence.deliver_read(event)

    def chat_typing(self, event: Event) -> None:
        """Show that somebody else is typing, unless that is hidden from the person."""
        self.presence.deliver_typing(event)

    def chat_restriction(self, event: Event) -> None:
        """React when a block or a mute of the person begins or ends."""
        self.conversations.restrict(event)

    def chat_own(self, event: Event) -> None:
        """Pass on a frame that only this person may see."""
        self.send_frame(event["frame"])

    def team_event(self, event: Event) -> None:
        """Pass on a frame that only a shop's team may see."""
        self.team.deliver(event)

    def members_changed(self, event: Event) -> None:
        """Make pages reload what they show of a shop's team."""
        self.send_frame(MEMBERS_CHANGED)

    # -- Groups and heartbeat --------------------------------------------------------------------

    @classmethod
    async def groups_of(cls, people: Mapping[Self, Person]) -> dict[Self, set[str]]:
        due = await super().groups_of(people)
        roles = await presence.groups_of({one.presence: user for one, user in people.items()})
        return {socket: groups | roles[socket.presence] for socket, groups in due.items()}

    def set_groups(self, due: set[str]) -> Any:
        self.conversations.keep(due)
        self.team.leave(self.conversations)
        return super().set_groups(due)

    def leave_all(self) -> None:
        super().leave_all()
        self.team.leave()
        presence_check().discard(self)

    @classmethod
    async def beat(cls, sockets: Sequence[Self]) -> None:
        """Also send each socket its open conversations' revisions, so that clients notice gaps."""
        with heartbeats.despite_outage():
            await super().beat(sockets)
        await heartbeats.send({socket: socket.conversations for socket in sockets})
