"""The loop that does the due work, in each server process; `messaging.sweeps` lists it.

A snooze is no such work: `filtering.filters` compares its time with the clock.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress

import structlog
from django.conf import settings
from django.db import DatabaseError, InterfaceError

from trato.realtime.background import spawn
from trato.realtime.database import give_back_connections, run_in_database_thread

log = structlog.get_logger("trato.due")

# Handles at most this many due items, in a database thread, and returns how many it handled.
Sweep = Callable[[int], int]

_running: set["Loop"] = set()
_stopping = threading.Event()


class Loop:
    """Calls the sweeps every `DUE_SECONDS`, and after `wake`."""

    def __init__(self, sweeps: Sequence[Sweep]) -> None:
        self.sweeps = sweeps
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()

    async def run(self) -> None:
        _running.add(self)
        try:
            while True:
                # Before the round, so that work that becomes due during it starts another round.
                self._woken.clear()
                await self.round()
                with suppress(TimeoutError):
                    async with asyncio.timeout(settings.DUE_SECONDS):
                        await self._woken.wait()
                        await asyncio.sleep(settings.DUE_PAUSE_SECONDS)
        finally:
            _running.discard(self)

    async def round(self) -> None:
        """Call the sweeps until nothing is due."""
        sweeps = self.sweeps
        try:
            while sweeps:
                sweeps = await run_in_database_thread(_ask, sweeps)
        except Exception:  # a connection can't be returned
            log.exception("due_failed")

    def wake(self) -> None:
        with suppress(RuntimeError):  # the event loop has ended
            self._loop.call_soon_threadsafe(self._woken.set)


def _ask(sweeps: Sequence[Sweep]) -> Sequence[Sweep]:
    """Call each sweep once; return the ones to call again. A failed one doesn't stop the others."""
    again = []
    for sweep in sweeps:
        try:
            if sweep(settings.DUE_BATCH_MAX):
                again.append(sweep)
        except (DatabaseError, InterfaceError) as error:
            log.warning("due_unavailable", sweep=sweep.__module__, error=type(error).__name__)
            give_back_connections()  # the next sweep gets another one
        except Exception:
            log.exception("due_failed", sweep=sweep.__module__)
            give_back_connections()
    return again


def start(sweeps: Sequence[Sweep]) -> "asyncio.Task[None]":
    """Start the loop on the running event loop; it runs until its task is cancelled."""
    return spawn(Loop(sweeps).run())


def wake() -> None:
    """Do what is due now instead of in a few seconds; call it on the event loop or any thread."""
    for loop in tuple(_running):
        loop.wake()


def stop() -> None:
    """Ask long-running sweeps to give up, because the process is about to end."""
    _stopping.set()


def is_stopping() -> bool:
    """Whether a sweep should stop its work; another process will continue it."""
    return _stopping.is_set()
