"""The conversations that a socket has open: send a page to resume from, then later events."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.http import Http404
from django.utils import translation
from django.utils.translation import gettext as _

from messaging import access, events, frames
from messaging.blocks.frames import BlockChanged
from messaging.models import Side, blocking_sides
from messaging.presence.frames import Presence
from messaging.resuming import state_of
from messaging.sanctions.mutes import Mute
from messaging.team.frames import MEMBERS_CHANGED
from trato import rate_limits
from trato.errors import Refused
from trato.realtime import access_check, metrics
from trato.realtime.consumers import RealtimeConsumer
from trato.realtime.database import run_in_database_thread
from trato.realtime.frames import encode
from trato.realtime.groups import Event
from trato.realtime.teams import has_team_group


@dataclass(slots=True)
class OpenConversation:
    """A conversation that a client has open, and how far the client is up to date.

    Attributes:
        side: the person's side.
        consumer, shop: the IDs of its two sides, known after the first read.
        groups: the groups of both sides.
        blocked_by: see `Conversation.blocked_by`.
        blocked_meanwhile: its new value, if it changed while the page was being loaded.
        muted_until: the end of the person's mute, read together with the page.
        is_shop_there: what a shopper's client has been told about whether the shop is there.
        reading: whether a page is being loaded; events are held until it has been sent.
        more: whether the client has to request another page, which will include later changes.
        held: frames of events that arrived while a page was being loaded.
    """

    side: Side | None = None
    consumer: int = 0
    shop: int = 0
    groups: tuple[str, ...] = ()
    blocked_by: str = ""
    blocked_meanwhile: str | None = None
    muted_until: datetime | None = None
    is_shop_there: bool = False
    reading: bool = False
    more: bool = False
    held: list[str] = field(default_factory=list)


class OpenConversations:
    """The conversations that one socket has open."""

    def __init__(self, socket: RealtimeConsumer) -> None:
        self._socket = socket
        self._open: dict[int, OpenConversation] = {}
        self.block_changes = 0  # how many events about blocks have arrived
        self.mute = Mute(socket)

    def __iter__(self) -> Iterator[int]:
        return iter(self._open)

    def __contains__(self, conversation_id: int) -> bool:
        return conversation_id in self._open

    def of_team(self) -> dict[int, OpenConversation]:
        """Return the open conversations in which the person is on the seller side, by ID."""
        return {pk: opened for pk, opened in self._open.items() if opened.side is Side.SELLER}

    def of_shopper(self) -> dict[int, OpenConversation]:
        """Return the open conversations in which the person is on the consumer side, by ID."""
        return {pk: opened for pk, opened in self._open.items() if opened.side is Side.CONSUMER}

    def sides(self) -> dict[int, Side]:
        """Return the person's side in each conversation, by ID, unless it is still being loaded."""
        return {pk: opened.side for pk, opened in self._open.items() if opened.side}

    async def open(self, conversation_id: int, since: int) -> None:
        """Send the latest page, or what has changed since a revision, and keep it up to date.

        Raises:
            Http404: the conversation doesn't exist, or the person doesn't take part in it.
            Refused: too many conversations are open.
        """
        known = self._open.get(conversation_id)
        if known is None and len(self._open) >= settings.SOCKET_OPEN_CONVERSATIONS:
            with translation.override(self._socket.language):
                raise Refused("invalid", _("Too many conversations are open in this tab."))
        if since:
            metrics.resumes.labels("socket").inc()
        is_there = known is not None and known.is_shop_there
        opened = OpenConversation(reading=True, is_shop_there=is_there)
        self._open[conversation_id] = opened
        mutes = self.mute.changes
        try:
            state = await run_in_database_thread(self._read, opened, conversation_id, since)
            if not self._gets_events(opened):  # access changed during the read
                await access_check.checks.load(self._socket)
            if not self._gets_events(opened):
                raise Http404("lost access meanwhile")
        except BaseException:
            if known is not None and self._gets_events(known):
                self._open[conversation_id] = known
            else:
                self._open.pop(conversation_id, None)
            raise
        if mutes == self.mute.changes:  # otherwise what was read may be older
            self.mute.until = opened.muted_until
        opened.reading, opened.more = False, bool(since) and state.more
        self._socket.send_frame(encode(state))
        if not opened.more:
            for frame in opened.held:
                self._socket.send_frame(frame)
        opened.held = []
        if opened.blocked_meanwhile is not None:
            self.learn_block(conversation_id, opened.blocked_meanwhile)

    def close(self, conversation_id: int) -> None:
        """Forget a conversation. Do nothing if it is not open."""
        self._open.pop(conversation_id, None)

    def keep(self, groups: set[str]) -> None:
        """Close the conversations whose events the socket will no longer get.

        Also tell a client that the person has left a team. The team's event says so too, but it may
        come when the socket has left the team's group already.
        """
        if has_team_group(self._socket.joined - groups):
            self._socket.send_frame(MEMBERS_CHANGED)
        # A conversation that is being loaded has no groups yet; `open` checks it afterwards.
        self._open = {
            pk: opened
            for pk, opened in self._open.items()
            if opened.reading or groups.intersection(opened.groups)
        }

    def deliver(self, event: Event) -> None:
        """Deliver an event's frame, but never before a page that the client resumes with."""
        opened = self._open.get(event.get("conversation", 0))
        if opened is None or not (opened.reading or opened.more):
            self._socket.send_frame(event["frame"])
        elif opened.reading:
            opened.held.append(event["frame"])

    def is_blocked(self, conversation_id: int) -> bool:
        """Whether one side has blocked the other in an open conversation."""
        opened = self._open.get(conversation_id)
        return opened is not None and bool(opened.blocked_by)

    def restrict(self, event: Event) -> None:
        """Handle a mute of the person, a block by the other side, or the end of one."""
        if "until" in event:
            self.mute.deliver(event)
            return
        self.block_changes += 1
        for pk in event["conversations"]:
            self.learn_block(pk, event["blocked_by"])

    def learn_block(self, conversation_id: int, blocked_by: str) -> None:
        """Store who blocks now. Tell the client if its own side started or stopped blocking."""
        opened = self._open.get(conversation_id)
        if opened is None:
            return
        if opened.reading or opened.side is None:
            opened.blocked_meanwhile = blocked_by
            return
        own = [opened.side in blocking_sides(value) for value in (opened.blocked_by, blocked_by)]
        opened.blocked_by = blocked_by
        if own[0] != own[1]:
            self._socket.send_frame(encode(BlockChanged(conversation_id, own[1])))
        if blocked_by and opened.is_shop_there:
            opened.is_shop_there = False
            self._socket.send_frame(encode(Presence(conversation_id, active=False)))

    async def announce_typing(self, conversation_id: int, *, stopped: bool, hidden: bool) -> None:
        """Announce to the others that the person, unless muted, is typing or has stopped.

        Args:
            hidden: whether only the person's own side may know.

        Raises:
            Http404: the conversation is not open on this socket.
            Refused: the person sends this too often.
        """
        opened, user = self._open.get(conversation_id), self._socket.user
        if opened is None or opened.side is None:
            raise Http404("not open on this socket")
        (refusal,) = await rate_limits.hit_many("TYPING_FRAMES_PER_MINUTE", [user.pk])
        if refusal:
            raise refusal
        if self.mute.until:
            return
        sides = opened.consumer, opened.shop
        is_hidden = hidden or bool(opened.blocked_by)
        events.typing(conversation_id, *sides, user, stopped=stopped, hidden=is_hidden)

    def _gets_events(self, opened: OpenConversation) -> bool:
        return not self._socket.joined.isdisjoint(opened.groups)

    def _read(
        self, opened: OpenConversation, conversation_id: int, since: int
    ) -> frames.ConversationState:
        """Load what the person may see of a conversation, on a database thread."""
        user = self._socket.user
        conversation = access.conversation_for(user, conversation_id)
        opened.side, opened.groups = conversation.side_of(user.pk), events.groups_of(conversation)
        opened.blocked_by = conversation.blocked_by
        opened.muted_until = conversation.muted_until
        opened.consumer, opened.shop = conversation.consumer_id, conversation.shop_id
        return state_of(conversation, since, user)
