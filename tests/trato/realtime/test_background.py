"""Calls from threads to an event loop."""

import asyncio
import threading

import pytest

from tests.patience import PATIENCE
from trato.realtime.background import run_from_thread
from trato.realtime.database import run_in_database_thread

SECONDS = 0.05  # seconds of waiting for a result that never comes


async def stop_and_wait() -> None:
    """Stop the event loop while somebody waits for this."""
    asyncio.get_running_loop().stop()
    await asyncio.Event().wait()


async def name_of_loop() -> int:
    return id(asyncio.get_running_loop())


def test_a_call_runs_in_the_loop_that_its_thread_works_for() -> None:
    async def main() -> None:
        ran_in = await run_in_database_thread(run_from_thread, name_of_loop, 30)
        assert ran_in == id(asyncio.get_running_loop())

    asyncio.run(main())


def test_without_a_loop_a_call_has_one_of_its_own() -> None:
    assert run_from_thread(name_of_loop, 30)


def test_a_thread_does_not_wait_for_a_loop_that_has_stopped() -> None:
    gave_up = threading.Event()

    def work() -> None:
        with pytest.raises(TimeoutError):
            run_from_thread(stop_and_wait, SECONDS)
        gave_up.set()

    loop = asyncio.new_event_loop()
    task = loop.create_task(run_in_database_thread(work))
    loop.run_forever()
    assert gave_up.wait(30)
    task.cancel()
    loop.run_until_complete(asyncio.wait([task]))
    loop.close()


def test_a_thread_stops_waiting_once_its_loop_has_closed() -> None:
    gave_up = threading.Event()

    def work() -> None:
        with pytest.raises(TimeoutError):
            run_from_thread(stop_and_wait, PATIENCE)
        gave_up.set()

    loop = asyncio.new_event_loop()
    loop.set_exception_handler(lambda _loop, _context: None)  # its tasks end pending
    task = loop.create_task(run_in_database_thread(work))
    loop.run_forever()
    loop.close()
    assert gave_up.wait(PATIENCE / 2)
    assert not task.done()
