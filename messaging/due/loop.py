"""The loop that does what is due, in each server process."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError

from trato.realtime.background import spawn
from trato.realtime.database import run_in_database_thread

log = structlog.get_logger("trato.due")

# Does at most so many things that are due, in a database thread, and returns how many it did.
Sweep = Callable[[int], int]

_running: set["Loop"] = set()
_stopping = threading.Event()


class Loop:
    """Asks the sweeps for what is due: every `DUE_SECONDS`, and after `wake`."""

    def __init__(self, sweeps: Sequence[Sweep]) -> None:
        self.sweeps = sweeps
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()

    async def run(self) -> None:
        _running.add(self)
        try:
            while True:
                # Before the round: what becomes due during it starts another one.
                self._woken.clear()
                await self.round()
                with suppress(TimeoutError):
                    async with asyncio.timeout(settings.DUE_SECONDS):
                        await self._woken.wait()
                        await asyncio.sleep(settings.DUE_PAUSE_SECONDS)
        finally:
            _running.discard(self)

    async def round(self) -> None:
        """Ask each sweep until nothing is due. One that fails doesn't keep the others waiting."""
        for sweep in self.sweeps:
            try:
                while await run_in_database_thread(sweep, settings.DUE_BATCH_MAX):
                    pass
            except (DatabaseError, InterfaceError) as error:
                log.warning("due_unavailable", sweep=sweep.__module__, error=type(error).__name__)
            except Exception:
                log.exception("due_failed", sweep=sweep.__module__)

    def wake(self) -> None:
        with suppress(RuntimeError):  # the event loop has ended
            self._loop.call_soon_threadsafe(self._woken.set)


def start(sweeps: Sequence[Sweep]) -> "asyncio.Task[None]":
    """Start the loop on the running event loop; it runs until its task is cancelled."""
    return spawn(Loop(sweeps).run())


def wake() -> None:
    """Do what is due now instead of after a few seconds; from the event loop or any thread."""
    for loop in tuple(_running):
        loop.wake()


def stop() -> None:
    """Ask sweeps that take long to give up, because the process is about to end."""
    _stopping.set()


def is_stopping() -> bool:
    """Whether a sweep should give up what it does; another process will do it."""
    return _stopping.is_set()
