"""Who may have pictures decoded when: as many people at once as there are decoders, in order.

A form waits for its turn in its request's thread, without a connection to the database, for a
limited time, and not at all once its sender has gone.
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import connections

LOOK_SECONDS = 0.5  # how often those who wait look whether their client is still there


@dataclass(frozen=True)
class Uploader:
    """Somebody whose pictures are to be decoded; `has_gone` says that they no longer wait."""

    person_id: int
    has_gone: Callable[[], bool] = lambda: False


class Busy(Exception):
    """There was no turn: too many wait, or it took too long."""


class Abandoned(Exception):
    """The person who sent the pictures has gone."""


class Queue:
    """The turns of one process."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running = 0
        self._waiting: deque[object] = deque()
        self._people: Counter[int] = Counter()  # forms of each, waiting or running

    @contextmanager
    def turn(self, uploader: Uploader) -> Iterator[None]:
        """Wait for a turn, and have it.

        Raises:
            Busy: try again later.
            Abandoned: nobody waits for the pictures any longer.
        """
        _give_connections_back()
        self._wait(uploader)
        try:
            yield
        finally:
            with self._changed:
                self._running -= 1
                self._forget(uploader)

    def _wait(self, uploader: Uploader) -> None:
        ticket, until = object(), time.monotonic() + settings.IMAGE_QUEUE_SECONDS
        with self._changed:
            if (
                len(self._waiting) >= settings.IMAGE_QUEUE_MAX
                or self._people[uploader.person_id] >= settings.IMAGE_FORMS_AT_ONCE
            ):
                raise Busy
            self._people[uploader.person_id] += 1
            self._waiting.append(ticket)
            try:
                while self._waiting[0] is not ticket or self._running >= settings.IMAGE_DECODERS:
                    if uploader.has_gone():
                        raise Abandoned
                    if time.monotonic() >= until:
                        raise Busy
                    self._changed.wait(LOOK_SECONDS)
                self._running += 1
            except BaseException:
                self._forget(uploader)
                raise
            finally:
                self._waiting.remove(ticket)
                self._changed.notify_all()

    def _forget(self, uploader: Uploader) -> None:
        self._people[uploader.person_id] -= 1
        if not self._people[uploader.person_id]:
            del self._people[uploader.person_id]
        self._changed.notify_all()


def _give_connections_back() -> None:
    """Who waits must not keep from others what is scarce. A transaction keeps its connection."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


queue = Queue()
