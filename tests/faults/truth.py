"""What the database contains at the end."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """A stored message. `client_id` is read from its body, which no defect can change.

    `face` is what clients should see of it, see the module of that name.
    """

    conversation: int
    id: int
    sequence: int
    revision: int
    client_id: str
    sender: int
    removed: bool
    face: str = ""
    withdrawn: bool = False


@dataclass(frozen=True)
class Truth:
    """The end state of a scenario's conversations.

    Args:
        rows: every message.
        revisions: by conversation.
        members: by conversation, the people who take part in it, at the beginning.
        unread: by person, recounted from the messages and the read marks alone: in how many
            conversations the other side has said something beyond what the person has read, and
            how many of the person's messages staff have removed.
    """

    rows: list[Row]
    revisions: dict[int, int]
    members: dict[int, set[int]]
    unread: dict[int, int] = field(default_factory=dict)
