"""Die at a named point: the process sends itself SIGKILL, so no handler and no `finally` runs."""

import asyncio
import itertools
import os
import signal
from collections.abc import Callable
from typing import Any

from messaging import events, pipeline
from messaging.decisions import actions as decisions
from messaging.decisions import notices
from messaging.review import actions as review
from messaging.sending import orm
from notifications.consumers import BadgeConsumer

from . import seams

POINTS = ("before_insert", "after_insert", "after_commit", "before_ack")

# Points between the steps of a decision about a held message, in order. At the last one, the
# decision is committed, but the server has told nobody yet.
DECISION_POINTS = {
    "released": (
        "before_decision",
        "before_audit",
        "before_store",
        "after_store",
        "before_commit",
        "after_commit",
    ),
    "rejected": (
        "before_decision",
        "before_audit",
        "before_notice",
        "before_commit",
        "after_commit",
    ),
}
_BEFORE = {
    "before_decision": ((review, "_decide"),),
    "before_audit": ((review, "record"), (decisions, "record")),
    "before_notice": ((notices, "notify"),),
    "before_store": ((orm, "store_one"),),
    "after_commit": ((pipeline, "announce"), (events, "to_person")),
}
_AFTER = {"after_store": (orm, "store_one"), "before_commit": (review, "_deliver_due")}


def arm(point: str, passes: int) -> None:
    """Die when `point` is reached for the nth time.

    Args:
        point: one of `POINTS`. `after_commit` is before the announcement and the acknowledgement,
            `before_ack` is between them.
        passes: n, from 1.
    """
    counter = itertools.count(1)

    def is_due() -> bool:
        return next(counter) == passes

    def die_when_due() -> None:
        if is_due():
            _die()

    if point == "before_ack":
        _before_ack(is_due)
        return
    if point not in POINTS:
        raise ValueError(point)

    async def around(storing: seams.Storing, execute: seams.Execute) -> bytes:
        if point == "before_insert":
            die_when_due()
        await execute("BEGIN")
        answer = await storing()
        if point == "after_insert":
            die_when_due()
        await execute("COMMIT")
        if point == "after_commit":
            die_when_due()
        return answer

    seams.around_storing(around)


def arm_decision(point: str) -> None:
    """Die when a decision about a held message reaches a point of `DECISION_POINTS`."""

    def die(*args: Any, **options: Any) -> None:
        _die()

    for module, name in _BEFORE.get(point, ()):
        setattr(module, name, die)
    if point in _AFTER:
        module, name = _AFTER[point]
        step = getattr(module, name)

        def step_and_die(*args: Any, **options: Any) -> None:
            step(*args, **options)
            _die()

        setattr(module, name, step_and_die)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _before_ack(is_due: Callable[[], bool]) -> None:
    send_frame = BadgeConsumer.send_frame

    def watched(self: BadgeConsumer, text: str) -> None:
        if '"message.accepted"' in text and is_due():
            asyncio.get_running_loop().call_later(0, _die)  # after the iteration's other frames
        else:
            send_frame(self, text)

    BadgeConsumer.send_frame = watched  # type: ignore[method-assign]
