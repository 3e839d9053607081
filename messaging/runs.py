"""Runs: successive messages of one person, drawn as one group.

The name is shown above a run, and the time below it. `MessageList.arrange` in
`static/js/messaging/thread/message-list.js` has the same rule, for what arrives later; a test
compares them.
"""

from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise

from .models import Message

GROUP_WITHIN = timedelta(minutes=5)  # between two messages of a run


def mark_runs(days: Iterable[list[Message]], first_unread: int | None) -> None:
    """Note in each message whether it continues a run, and whether the next one does.

    A new day and the line above the first unread message end a run.
    """
    for messages in days:
        for before, message in pairwise(messages):
            message.is_grouped = before.is_continued = (
                message.sender_id == before.sender_id
                and message.is_automatic == before.is_automatic
                and message.created_at - before.created_at < GROUP_WITHIN
                and message.sequence != first_unread
            )
