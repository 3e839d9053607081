"""The frames that every logged-in page understands."""

from msgspec import Struct


class SessionReady(Struct, tag="session.ready"):
    """The socket has joined its groups: from now on it receives their events."""

    user: int
    unread: int


class Badge(Struct, tag="badge"):
    """How many notifications are unread; absolute, never a difference."""

    unread: int
