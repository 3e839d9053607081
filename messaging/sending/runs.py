"""Store a batch in which some messages have files, which the statement doesn't know."""

from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby

from django.db import OperationalError

from messaging.records import Attempt, Sent
from trato.realtime.database import run_in_database_thread
from trato.realtime.statements import Locked

from . import orm

Answers = list[Sent | Exception]
StoreRun = Callable[[Sequence[Attempt]], Awaitable[Answers]]


async def in_runs(attempts: Sequence[Attempt], store_plain: StoreRun) -> Answers:
    """Store runs of attempts with and without files one after the other, in their order.

    Nothing of a conversation is stored once one of its attempts waits for a lock.
    """
    answers: Answers = []
    locked: set[int] = set()
    for has_files, run in groupby(attempts, key=lambda attempt: bool(attempt.files)):
        group = list(run)
        free = [attempt for attempt in group if attempt.conversation_id not in locked]
        stored = dict(zip(map(id, free), await _store(free, has_files, store_plain), strict=True))
        for attempt in group:
            answers.append(stored.get(id(attempt)) or Locked())
            if isinstance(answers[-1], Locked):
                locked.add(attempt.conversation_id)
    return answers


async def _store(attempts: Sequence[Attempt], has_files: bool, store_plain: StoreRun) -> Answers:
    if not attempts:
        return []
    if has_files:
        return await run_in_database_thread(orm.store, attempts)
    try:
        return await store_plain(attempts)
    except (Locked, OperationalError) as error:  # what was stored before keeps its answers
        return [error] * len(attempts)
