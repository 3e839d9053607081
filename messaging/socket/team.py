"""A socket's part in a shop's team: notes, who is looking, and the team's events."""

from collections.abc import Iterable

from django.http import Http404

from messaging import access, client_frames
from messaging.notes import actions as notes
from messaging.team import events
from messaging.team.frames import GONE
from trato import rate_limits
from trato.realtime.consumers import RealtimeConsumer
from trato.realtime.groups import Event
from trato.realtime.lock_waits import run_past_locks

from .open_conversations import OpenConversations


class Teamwork:
    """One socket's team frames."""

    def __init__(self, socket: RealtimeConsumer, conversations: OpenConversations) -> None:
        self._socket, self._conversations = socket, conversations
        self._looking: dict[int, tuple[int, int]] = {}  # consumer and shop, by conversation

    async def receive(self, frame: client_frames.AddNote | client_frames.Looking) -> None:
        """Handle a frame.

        Raises:
            Http404: the person is not on the conversation's seller side; for `team.looking` also
                if the conversation is not open on this socket.
            Refused: see `notes.actions.add`, or the person sends `team.looking` too often.
        """
        if isinstance(frame, client_frames.AddNote):
            values = frame.conversation, frame.client_id, frame.body
            await run_past_locks(notes.add, self._socket.user, *values)
        else:
            await self._announce_looking(frame)

    def deliver(self, event: Event) -> None:
        """Pass on the team's events, but not to the shopper, who may have joined the team.

        Events about who is looking are only for colleagues who have the conversation open.
        """
        own = self._socket.user.pk
        is_due = "user" not in event or (
            (event["user"] != own or event["is_gone"])
            and event["conversation"] in self._conversations
        )
        if is_due and event.get("consumer") != own:
            self._socket.send_frame(event["frame"])

    async def _announce_looking(self, frame: client_frames.Looking) -> None:
        opened, user = self._conversations.of_team().get(frame.conversation), self._socket.user
        if opened is None or access.seller_group(opened.shop) not in self._socket.joined:
            raise Http404("not open on this socket")
        (refusal,) = await rate_limits.hit_many("LOOKING_FRAMES_PER_MINUTE", [user.pk])
        if refusal:
            raise refusal
        self._looking[frame.conversation] = opened.consumer, opened.shop
        events.looking(frame.conversation, opened.consumer, opened.shop, user, frame.doing)

    def leave(self, kept: Iterable[int] = ()) -> None:
        """Tell colleagues immediately that the person has left conversations here.

        Args:
            kept: the IDs of conversations that are still open.
        """
        for pk in self._looking.keys() - set(kept):
            consumer, shop = self._looking.pop(pk)
            events.looking(pk, consumer, shop, self._socket.user, GONE)
