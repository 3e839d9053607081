"""Whether the person of a socket is muted: what the socket does for them, and what the page says.

Whether a message is stored is decided where it is stored.
"""

from datetime import datetime

from trato.realtime.consumers import RealtimeConsumer
from trato.realtime.frames import encode
from trato.realtime.groups import Event

from .frames import MutedChanged


class Mute:
    """What one socket knows.

    Attributes:
        until: until when the person is muted.
        changes: how many events have said so.
    """

    def __init__(self, socket: RealtimeConsumer) -> None:
        self._socket = socket
        self.until: datetime | None = None
        self.changes = 0

    def deliver(self, event: Event) -> None:
        """Act on an event: a mute, or its end."""
        self.changes += 1
        until = event["until"]
        self.learn(datetime.fromisoformat(until) if until else None)

    def learn(self, until: datetime | None) -> None:
        """Take what is true now, and let the page show it."""
        if until != self.until:
            self.until = until
            self._socket.send_frame(encode(MutedChanged(until)))
