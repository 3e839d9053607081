"""The frame that says that a side has reminded the other one."""

from datetime import datetime
from typing import Self

from msgspec import Struct

from messaging.models import Nudge


class NudgeSent(Struct, tag="nudge.sent"):
    """A side has sent a reminder. It doesn't say who: the other side sees the shop."""

    conversation: int
    side: str
    sent_at: datetime

    @classmethod
    def of(cls, row: Nudge) -> Self:
        return cls(row.conversation_id, row.side, row.sent_at)
