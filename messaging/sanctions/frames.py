"""The frame about a mute, which only the muted person's own sockets get."""

from datetime import datetime

from msgspec import Struct


class MutedChanged(Struct, tag="muted.changed"):
    """Until when staff have muted the person; null if they haven't, or it is over."""

    until: datetime | None
