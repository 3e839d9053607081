"""The frame about a mute, which only the muted person's own sockets get."""

from datetime import datetime

from msgspec import Struct


class MutedChanged(Struct, tag="muted.changed"):
    """The end of the person's mute; null if they aren't muted, or no longer."""

    until: datetime | None
