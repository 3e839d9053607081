"""The frame for a reminder from one side to the other."""

from datetime import datetime
from typing import Self

from msgspec import Struct

from messaging.models import Nudge


class NudgeSent(Struct, tag="nudge.sent"):
    """A side has sent a reminder. The frame doesn't name the sender: shoppers only see the shop."""

    conversation: int
    side: str
    sent_at: datetime

    @classmethod
    def of(cls, row: Nudge) -> Self:
        return cls(row.conversation_id, row.side, row.sent_at)
