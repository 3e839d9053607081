"""Dying at a named point: kill -9 by one's own hand, so that no handler and no `finally` runs."""

import itertools
import os
import signal
from typing import Any

from psycopg import AsyncConnection

from notifications.consumers import BadgeConsumer

from . import seams

POINTS = ("before_insert", "after_insert", "after_commit", "before_ack")


def arm(point: str, passes: int) -> None:
    """Die when `point` is passed for the nth time.

    Args:
        point: one of `POINTS`. `after_commit`: nobody was told yet, neither the other side nor
            the sender. `before_ack`: all but the sender were told.
        passes: n, from 1.
    """
    counter = itertools.count(1)

    def die_when_due() -> None:
        if next(counter) == passes:
            os.kill(os.getpid(), signal.SIGKILL)

    if point == "before_ack":
        _before_ack(die_when_due)
        return
    if point not in POINTS:
        raise ValueError(point)

    async def around(storing: seams.Storing, connection: AsyncConnection[Any]) -> seams.Rows:
        if point == "before_insert":
            die_when_due()
        async with connection.transaction():
            rows = await storing()
            if point == "after_insert":
                die_when_due()
        if point == "after_commit":
            die_when_due()
        return rows

    seams.around_storing(around)


def _before_ack(die_when_due: Any) -> None:
    send_frame = BadgeConsumer.send_frame

    def watched(self: BadgeConsumer, text: str) -> None:
        if '"message.accepted"' in text:
            die_when_due()
        send_frame(self, text)

    BadgeConsumer.send_frame = watched  # type: ignore[method-assign]
