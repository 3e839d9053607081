"""A socket's changes to existing messages."""

from messaging import client_frames, frames, message_extras
from messaging.editing import actions as editing
from messaging.reactions import actions as reactions
from trato.realtime.consumers import RealtimeConsumer
from trato.realtime.frames import encode
from trato.realtime.lock_waits import run_past_locks


class Changes:
    """Edits, withdraws and reactions for one socket."""

    def __init__(self, socket: RealtimeConsumer) -> None:
        self._socket = socket

    async def receive(
        self, frame: client_frames.Edit | client_frames.Withdraw | client_frames.React
    ) -> None:
        """Handle a frame. If nothing changes, there is no event, so reply to this socket.

        Raises:
            Http404, Refused: see the actions.
        """
        unchanged = await run_past_locks(self._change, frame)
        if unchanged is not None:
            self._socket.send_frame(encode(unchanged))

    def _change(
        self, frame: client_frames.Edit | client_frames.Withdraw | client_frames.React
    ) -> frames.MessageChanged | None:
        user, conversation, sequence = self._socket.user, frame.conversation, frame.sequence
        if isinstance(frame, client_frames.Edit):
            message, changed = editing.edit(user, conversation, sequence, frame.body)
        elif isinstance(frame, client_frames.React):
            message, changed = reactions.react(user, conversation, sequence, frame.reaction)
        else:
            message, changed = editing.withdraw(user, conversation, sequence)
        return None if changed else frames.MessageChanged.of(message_extras.sent_of(message))
