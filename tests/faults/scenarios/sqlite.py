"""A laptop: 20 senders, staff at work, and a running backup, on one SQLite file."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing

from django.conf import settings
from django.db import OperationalError

from catalog.factories import ProductFactory
from tests.faults.measures import answer_times, codes
from tests.faults.report import Row
from tests.faults.scenario import Form
from tests.faults.stack import Stack
from tests.faults.stage import run_in_thread, stage


async def play(stack: Stack, form: Form) -> AsyncIterator[Row]:
    await stack.serve()
    async with stage(stack, shoppers=16) as running:  # and four members of two shops
        running.talk()
        stop = asyncio.Event()
        writing = asyncio.create_task(_write_products(running.cast.shops["owner0"].pk, stop))
        backing_up = asyncio.create_task(_back_up(stack, stop))
        await asyncio.sleep(form.pick(6, 20))
        stop.set()
        (products, errors), backups = await writing, await backing_up
        await running.settle(patience=30)
        log = (stack.folder / "server-0.log").read_text(errors="replace")
        locked = errors + log.count("database is locked")
        times, _ = answer_times(running.history, 0, running.history.events[-1].at)
        row = Row.of(
            "SQLite: 20 senders, staff writing, backups",
            await running.judge(),
            times,
            f'"locked" errors {locked}; {products} products written, {backups} backups; '
            f"refused: {codes(running.history, 'refused')}; recovery: from send to acknowledgement",
        )
        row.require(locked == 0, f"{locked} times the database was locked")
        unavailable = sum(event.code == "unavailable" for event in running.history.of("refused"))
        row.require(unavailable == 0, f"{unavailable} sends were told `unavailable`")
        row.require(products > 0 and backups > 0, "nothing was written or backed up meanwhile")
        yield row


async def _write_products(shop: int, stop: asyncio.Event) -> tuple[int, int]:
    """Like staff in the admin, write products one after another."""
    written = errors = 0
    while not stop.is_set():
        try:
            await run_in_thread(lambda: ProductFactory(shop_id=shop, shop=None))
            written += 1
        except OperationalError:
            errors += 1
        await asyncio.sleep(0.02)
    return written, errors


async def _back_up(stack: Stack, stop: asyncio.Event) -> int:
    """Copy the database like `sqlite3 … .backup`, again and again."""
    done = 0
    while not stop.is_set():
        await asyncio.to_thread(_copy, str(settings.DATABASES["default"]["NAME"]), stack)
        done += 1
        await asyncio.sleep(0.1)
    return done


def _copy(name: str, stack: Stack) -> None:
    copy = stack.folder / "backup.sqlite3"
    with closing(sqlite3.connect(name)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target, pages=20, sleep=0.005)
