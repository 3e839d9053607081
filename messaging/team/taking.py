"""Assign a conversation without an assignee to the first member who replies.

`Sent.takes` says which replies do that, so other messages cost nothing. The assignment is a
separate transaction, after the message is committed: no send waits for it. If the process is killed
in between, the conversation has no assignee until the next reply from the shop takes it, or the
browser repeats the send.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError, transaction

from messaging.models import Conversation
from messaging.records import Sent
from trato.array_parameters import listed
from trato.realtime.background import spawn
from trato.realtime.lock_waits import run_past_locks

from . import queries
from .assignment import assign

log = structlog.get_logger("messaging.taking")


def replied(sents: Sequence[Sent]) -> None:
    """Assign conversations to their first replier; an effect of `messaging.pipeline`."""
    replies: dict[int, int] = {}
    for sent in sents:
        if sent.takes:
            replies.setdefault(sent.conversation_id, sent.sender_id)
    if not replies:
        return
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        _take(replies)
    else:
        spawn(_take_past_locks(replies))


@transaction.atomic
def take(replies: Mapping[int, int], *, past_locks: bool = False) -> dict[int, int]:
    """Assign conversations to the members who replied, unless somebody has taken them since.

    Args:
        replies: the IDs of the senders, by conversation.
        past_locks: skip conversations that another transaction has locked.

    Returns:
        The replies that were skipped.
    """
    rows = Conversation.objects.filter(pk__in=listed(replies), ended_at=None).order_by("pk")
    locked = list(rows.select_for_update(no_key=True, skip_locked=past_locks))
    taken = [(row, replies[row.pk]) for row in locked if queries.takes(row, replies[row.pk])]
    assign(taken, actor=None)
    if len(locked) == len(replies):
        return {}
    left = {*rows.values_list("pk", flat=True)} - {row.pk for row in locked}
    return {pk: sender_id for pk, sender_id in replies.items() if pk in left}


async def _take_past_locks(replies: Mapping[int, int]) -> None:
    """Do `_take` without blocking a thread; only the locked conversations wait."""
    left, deadline = replies, time.monotonic() + settings.STATEMENT_TIMEOUT_SECONDS
    try:
        while left and time.monotonic() < deadline:
            if left := await run_past_locks(take, left, past_locks=True):
                await asyncio.sleep(settings.SOCKET_LOCK_PAUSE_SECONDS)
    except (DatabaseError, InterfaceError) as error:
        log.warning("conversations_not_taken", count=len(left), error=type(error).__name__)
    else:
        if left:
            log.warning("conversations_not_taken", count=len(left), error="Locked")


def _take(replies: Mapping[int, int]) -> None:
    """Like `take`, but only log a failure: the messages are stored, so their senders succeed."""
    try:
        take(replies)
    except (DatabaseError, InterfaceError) as error:
        log.warning("conversations_not_taken", count=len(replies), error=type(error).__name__)
