"""Store batches on PostgreSQL in which some messages have to be stored one by one.

The statement stores only plain messages: written by a person, without files, and not held. Files
have rows to lock and to change, and a held message goes into another table, so `orm` stores these
messages, as it does for requests.
"""

from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby

from django.db import OperationalError

from messaging.records import Answer, Attempt
from trato.realtime.database import run_in_database_thread
from trato.realtime.statements import Locked

from . import orm

Answers = list[Answer]
StoreRun = Callable[[Sequence[Attempt]], Awaitable[Answers]]


def is_plain(attempt: Attempt) -> bool:
    """Whether the statement can store an attempt."""
    return not (attempt.files or attempt.held_for or attempt.is_automatic)


async def in_runs(attempts: Sequence[Attempt], store_plain: StoreRun) -> Answers:
    """Store attempts in order: runs of plain ones with `store_plain`, all others with `orm`.

    Once an attempt waits for a lock, no later attempt in its conversation is stored.
    """
    answers: Answers = []
    locked: set[int] = set()
    for is_plain_run, run in groupby(attempts, key=is_plain):
        group = list(run)
        free = [attempt for attempt in group if attempt.conversation_id not in locked]
        done = await _store(free, is_plain_run, store_plain)
        stored = dict(zip(map(id, free), done, strict=True))
        for attempt in group:
            answers.append(stored.get(id(attempt)) or Locked())
            if isinstance(answers[-1], Locked):
                locked.add(attempt.conversation_id)
    return answers


async def _store(attempts: Sequence[Attempt], is_plain_run: bool, store_plain: StoreRun) -> Answers:
    if not attempts:
        return []
    if not is_plain_run:
        return await run_in_database_thread(orm.store, attempts)
    try:
        return await store_plain(attempts)
    except (Locked, OperationalError) as error:  # earlier runs keep their results
        return [error] * len(attempts)
