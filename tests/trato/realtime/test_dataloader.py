"""Callers that request the same key share a query, and nothing else."""

import asyncio

from tests.patience import PATIENCE
from trato.realtime.dataloader import DataLoader


class Database:
    """Loads numbers as their doubles, once it is released."""

    def __init__(self) -> None:
        self.released, self.asked = asyncio.Event(), asyncio.Event()
        self.loads: list[list[int]] = []

    async def load(self, keys: list[int]) -> dict[int, int]:
        self.loads.append(keys)
        self.asked.set()
        await self.released.wait()
        return {key: 2 * key for key in keys}


async def test_who_gives_up_leaves_the_others_their_answer() -> None:
    database = Database()
    loader: DataLoader[int, int] = DataLoader(database.load)
    gone, stays = (asyncio.create_task(loader.load(1)) for _ in range(2))
    async with asyncio.timeout(PATIENCE):
        await database.asked.wait()
        gone.cancel()
        await asyncio.wait([gone])
        database.released.set()
        assert await stays == 2
    assert database.loads == [[1]]


async def test_no_answer_is_older_than_its_question() -> None:
    database = Database()
    loader: DataLoader[int, int] = DataLoader(database.load)
    earlier = asyncio.create_task(loader.load(1))
    async with asyncio.timeout(PATIENCE):
        await database.asked.wait()
        later = asyncio.create_task(loader.load(1))
        await asyncio.sleep(0)
        database.released.set()
        assert [await earlier, await later] == [2, 2]
    assert database.loads == [[1], [1]]
