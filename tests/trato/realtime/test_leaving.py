"""A stopping server sends its sockets away. `tests.cluster.test_leaving` stops a real one."""

import asyncio
from typing import Any, cast

import pytest

from trato.realtime.servers.graceful import TICK, LeavingServer


class Socket:
    """An open socket, as far as a leaving server knows it."""

    def __init__(self) -> None:
        self.application_queue: asyncio.Queue[Any] = asyncio.Queue()


class Leaving(LeavingServer):
    """A server with nothing but sockets, which counts how many it has told at each tick."""

    def __init__(self, count: int) -> None:
        self.open = [Socket() for _ in range(count)]
        self.told: list[int] = []

    def _sockets(self) -> list[Any]:
        return self.open

    async def tick(self, seconds: float) -> None:
        assert seconds == TICK
        self.told.append(sum(one.application_queue.qsize() for one in self.open))


@pytest.mark.parametrize(("count", "batch"), [(0, 0), (1, 1), (20, 1), (50, 3), (5000, 250)])
async def test_sockets_are_told_in_batches_within_the_set_time(
    count: int, batch: int, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SHUTDOWN_SPREAD_SECONDS = 20 * TICK
    server = Leaving(count)
    monkeypatch.setattr("trato.realtime.servers.graceful.asyncio.sleep", server.tick)
    await cast(Any, server)._send_away()
    told = [now - before for before, now in zip([0, *server.told], server.told, strict=False)]
    assert sum(told) == count
    assert len(told) <= 20
    assert set(told[:-1]) <= {batch}
