"""Whether a socket's person is muted: the socket enforces it, and the page shows it.

This doesn't decide whether a message is stored: the code that stores it does.
"""

from datetime import datetime

from trato.realtime.consumers import RealtimeConsumer
from trato.realtime.frames import encode
from trato.realtime.groups import Event

from .frames import MutedChanged


class Mute:
    """One socket's knowledge about a mute.

    Attributes:
        until: the end of the person's mute.
        changes: how many events about it have arrived.
    """

    def __init__(self, socket: RealtimeConsumer) -> None:
        self._socket = socket
        self.until: datetime | None = None
        self.changes = 0

    def deliver(self, event: Event) -> None:
        """Handle an event about a mute or its end."""
        self.changes += 1
        until = event["until"]
        self.learn(datetime.fromisoformat(until) if until else None)

    def learn(self, until: datetime | None) -> None:
        """Store when the person's mute ends, and show it on the page."""
        if until != self.until:
            self.until = until
            self._socket.send_frame(encode(MutedChanged(until)))
