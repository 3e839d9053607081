"""Send and mark messages as read, by requests and by sockets' statements."""

import asyncio
import uuid
from typing import Any

from django.http import Http404

from accounts.models import User
from messaging import actions
from messaging.models import Conversation
from messaging.reading import batch, postgresql
from messaging.records import Reading, ReadMark
from trato.realtime.statements import StatementConnection


def store_marks(*marks: tuple[Conversation, User, int]) -> list[bool]:
    """Store marks in one statement; return for each whether it was allowed."""

    async def run() -> list[bool]:
        connection = StatementConnection()
        try:
            given = [Reading(where.pk, who, sequence) for where, who, sequence in marks]
            answers = await postgresql.store(connection, given)
            return [isinstance(answer, ReadMark) for answer in answers]
        finally:
            connection.close()

    return asyncio.run(run())


def send(who: User, where: Conversation) -> None:
    """Send a message, or nothing if the sender isn't allowed to."""
    try:
        actions.send(who, where.pk, uuid.uuid4(), "Hello")
    except Http404:
        return


def mark_at_once(where: Conversation, *people: User) -> list[Any]:
    """Mark the first message as read for several people in one tick; return marks and errors."""

    async def run() -> list[Any]:
        try:
            return await asyncio.gather(
                *(batch.mark_read(who, where.pk, 1) for who in people), return_exceptions=True
            )
        finally:
            await batch.close()

    return asyncio.run(run())
