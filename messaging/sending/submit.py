"""Send messages that arrive over sockets, in batches. Requests use `messaging.actions.send`.

`batcher` stores and announces them, and logs what fails.
"""

import asyncio

from django.db import connection

from messaging import client_frames
from messaging.records import CONTENT, Attempt
from trato.people import Person
from trato.realtime import metrics
from trato.realtime.background import per_loop

from .batcher import Batcher
from .orm import OrmStore
from .postgresql import PostgresStore

# The content that a client may set, by name in the frame and in the table.
FROM_CLIENT = [name for name in CONTENT if name in client_frames.Send.__struct_fields__]


def submit(person: Person, frame: client_frames.Send, language: str = "") -> "asyncio.Future[str]":
    """Send a message like `messaging.actions.send`. It is acknowledged after COMMIT.

    Args:
        language: the language of the person's page.

    Returns:
        A future with the acknowledgement as the text of a frame, or an exception of
        `messaging.actions.send`. A repeat of a send in progress gets the same future. Don't cancel
        the future.
    """
    attempt = Attempt(
        **{name: getattr(frame, name) for name in FROM_CLIENT},
        sender=person,
        conversation_id=frame.conversation,
        client_id=frame.client_id,
        files=frame.files,
        insists=frame.insists,
        page_language=language,
    )
    return _batcher().submit(attempt)


async def close() -> None:
    """Close the database connections for this event loop's sends."""
    _batcher().close()


@per_loop
def _batcher() -> Batcher:
    return Batcher(PostgresStore() if connection.vendor == "postgresql" else OrmStore())


metrics.sends_waiting.set_function(lambda: sum(len(batcher.sends) for batcher in _batcher.all()))
