"""The database's contents at the end."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Row:
    """A stored message. `client_id` is read from its body, which no defect can change.

    `face` is what clients should see of the message, see the module of that name.
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


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A message that is or was held for review.

    Args:
        suspicious: whether a rule has held it; otherwise it only waits behind an earlier message.
        state: see `HeldMessage.State`.
        rejected: whether staff have rejected it, even if its sender has dismissed it since.
        entries: the number of audit entries about decisions.
        notices: the number of notices to its sender that it was rejected.
        cases: the number of staff's cases about it; `open_cases` are still undecided.
    """

    conversation: int
    client_id: str
    sender: int
    suspicious: bool
    state: str
    rejected: bool = False
    entries: int = 0
    notices: int = 0
    cases: int = 0
    open_cases: int = 0

    @property
    def is_open(self) -> bool:
        return self.state in ("waiting", "cleared")


@dataclass(frozen=True)
class Truth:
    """The end state of a scenario's conversations.

    Args:
        rows: every message.
        revisions: by conversation.
        members: by conversation, the people who take part in it, at the beginning.
        unread: by person, recounted from only the messages and the read marks: in how many
            conversations the other side has said something beyond what the person has read, and how
            many of the person's messages staff have removed or rejected.
        held: every message that was ever held.
    """

    rows: list[Row]
    revisions: dict[int, int]
    members: dict[int, set[int]]
    unread: dict[int, int] = field(default_factory=dict)
    held: list[HeldRow] = field(default_factory=list)
