"""The frames that every page of a logged-in person understands."""

from msgspec import Struct


class SessionReady(Struct, tag="session.ready"):
    """The socket has joined its groups: from now on it receives their events."""

    user: int
    unread: int
    notices: int


class Badge(Struct, tag="badge"):
    """The number of unread notifications; always the total, never a difference.

    `notices` of them are not about conversations.
    """

    unread: int
    notices: int
