"""The frames of one loop iteration leave together, separately for each socket."""

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from trato.realtime.outgoing import Outgoing
from trato.realtime.servers.asgi import EXTENSION


class Connection:
    def __init__(self, *, unsent: int = 0, fails: bool = False) -> None:
        self.unsent, self.fails = unsent, fails
        self.writes: list[list[str]] = []

    def write(self, frames: Sequence[str]) -> None:
        if self.fails:
            raise RuntimeError("the connection is broken")
        self.writes.append(list(frames))

    def unsent_bytes(self) -> int:
        return self.unsent


async def nowhere(message: object) -> None:
    raise AssertionError("the server has handed over its connection")


def outgoing(connection: Connection) -> Outgoing:
    return Outgoing({"extensions": {EXTENSION: connection}}, nowhere)


async def test_the_frames_of_one_iteration_are_one_write() -> None:
    first, second = Connection(), Connection()
    to_first, to_second = outgoing(first), outgoing(second)
    for text in ("a", "b"):
        assert to_first.put(text)
        assert to_second.put(text)
    assert first.writes == []
    await asyncio.sleep(0)
    assert first.writes == second.writes == [["a", "b"]]
    to_first.put("c")
    await asyncio.sleep(0)
    assert first.writes == [["a", "b"], ["c"]]


async def test_a_connection_that_fails_holds_up_no_other() -> None:
    other = Connection()
    outgoing(Connection(fails=True)).put("a")
    outgoing(other).put("a")
    await asyncio.sleep(0)
    assert other.writes == [["a"]]


@pytest.mark.parametrize(("unsent", "is_taken"), [(1_000, True), (1_001, False)])
async def test_a_client_that_reads_too_slowly_gets_nothing_more(
    unsent: int, is_taken: bool, settings: Any
) -> None:
    settings.SOCKET_UNSENT_MAX_BYTES = 1_000
    connection = Connection(unsent=unsent)
    assert outgoing(connection).put("a") == is_taken
    await asyncio.sleep(0)
    assert connection.writes == ([["a"]] if is_taken else [])
