"""A queue for decoding pictures: serves as many people at once as there are decoders, in order.

A form waits for its turn in its request's thread, without a database connection, for a limited
time, and only as long as the client is connected.
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.db import connections

# A request calls these before it waits here, to release what it holds besides its connection.
give_back: ContextVar[Callable[[], object]] = ContextVar("give_back", default=lambda: None)
LOOK_SECONDS = 0.5  # how often waiting forms check whether the client is still connected


@dataclass(frozen=True)
class Uploader:
    """A person with pictures to decode; `has_gone` tells whether the client has disconnected."""

    person_id: int
    has_gone: Callable[[], bool] = lambda: False


class Busy(Exception):
    """A form got no turn: too many were waiting, or it waited too long."""


class Abandoned(Exception):
    """The client that sent the pictures has disconnected."""


class Queue:
    """One process's queue."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._running = 0
        self._waiting: deque[object] = deque()
        self._people: Counter[int] = Counter()  # forms by person, waiting or running

    @contextmanager
    def turn(self, uploader: Uploader) -> Iterator[None]:
        """Wait for a turn, and hold it.

        Raises:
            Busy: try again later.
            Abandoned: the client has disconnected.
        """
        _give_connections_back()
        give_back.get()()
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
    """Don't hold scarce connections while waiting, except inside a transaction."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close()


queue = Queue()
