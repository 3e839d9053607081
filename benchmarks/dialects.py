"""The protocol of each system: URLs, frames, and how to tell frames apart."""

from dataclasses import dataclass

BODY = b"Is the blue one still there, and could it be sent to Malaga by the end of next week?......"
assert len(BODY) == 90  # noqa: S101 – the tables give this length


@dataclass(frozen=True)
class Dialect:
    """The frames to send and to look for. `%(conversation)d` and `%(client_id)s` are filled in."""

    path: str
    send: bytes
    created: bytes  # in every frame with a message
    ready: bytes | None = None  # in the frame after which the socket gets all events
    open: bytes | None = None  # sent once, like a page that shows the conversation
    opened: bytes | None = None  # in the response to that
    accepted: bytes | None = None  # in the acknowledgement
    badge: bytes | None = None
    read: bytes | None = None  # with %(sequence)d


TRATO = Dialect(
    path="/ws/",
    send=b'{"type":"message.send","conversation":%(conversation)d,"client_id":"%(client_id)s",'
    b'"body":"' + BODY + b'"}',
    created=b'"message.created"',
    ready=b'"session.ready"',
    open=b'{"type":"conversation.open","conversation":%(conversation)d,"since":0}',
    opened=b'"conversation.state"',
    accepted=b'"message.accepted"',
    badge=b'"badge"',
    read=b'{"type":"conversation.read","conversation":%(conversation)d,"sequence":%(sequence)d}',
)

# The rival and the stock consumer are our own code, so their protocols are nearly the same.
ROOM = Dialect(
    path="/ws/chat/%(conversation)d/",
    send=b'{"message":"' + BODY + b'","client_id":"%(client_id)s"}',
    created=b'"client_id"',
)
