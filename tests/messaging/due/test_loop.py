"""Due work is done soon, by each process, whatever fails."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError

from accounts.models import User
from messaging.due import loop, watched_shops
from messaging.due.leisure import at_leisure, seldom
from messaging.models import Conversation
from tests.patience import PATIENCE
from tests.said import say

HOUR = 3600.0


class Work:
    """A sweep with some due work. A test can wait for its rounds."""

    def __init__(self, due: int = 0, error: Exception | None = None) -> None:
        self.due, self.error = due, error
        self.asked: list[int] = []
        self.rounds = threading.Semaphore(0)

    def __call__(self, limit: int) -> int:
        self.asked.append(limit)
        if self.error:
            self.rounds.release()
            raise self.error
        done = min(limit, self.due)
        self.due -= done
        if not done:
            self.rounds.release()
        return done

    async def round(self) -> None:
        assert await asyncio.to_thread(self.rounds.acquire, timeout=PATIENCE)


def run(works: Sequence[Work], play: Callable[[], object]) -> None:
    """Run the loop while `play` runs."""

    async def whole() -> None:
        task = loop.start(works)
        await play()  # type: ignore[misc]
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(whole())
    assert not loop._running


def test_a_sweep_is_asked_until_nothing_is_due(settings: Any) -> None:
    settings.DUE_BATCH_MAX = 2
    work = Work(due=5)
    run([work], work.round)
    assert work.asked == [2, 2, 2, 2]


@pytest.mark.parametrize("error", [OperationalError("gone"), ValueError("a bug")])
def test_a_sweep_that_fails_keeps_no_other_waiting(error: Exception) -> None:
    broken, work = Work(error=error), Work(due=1)
    run([broken, work], work.round)
    assert work.due == 0


def test_a_round_follows_by_itself_even_after_a_failure(settings: Any) -> None:
    settings.DUE_SECONDS = 0.01
    work = Work(error=OperationalError("gone"))

    async def play() -> None:
        await work.round()
        await work.round()

    run([work], play)


def test_waking_from_a_thread_starts_a_round(settings: Any) -> None:
    settings.DUE_SECONDS, settings.DUE_PAUSE_SECONDS = HOUR, 0
    work = Work()

    async def play() -> None:
        await work.round()
        await asyncio.to_thread(loop.wake)
        await work.round()

    run([work], play)


def test_what_becomes_due_during_a_round_starts_another(settings: Any) -> None:
    settings.DUE_SECONDS, settings.DUE_PAUSE_SECONDS = HOUR, 0

    class Waking(Work):
        def __call__(self, limit: int) -> int:
            if not self.asked:
                loop.wake()
            return super().__call__(limit)

    work = Waking()

    async def play() -> None:
        await work.round()
        await work.round()

    run([work], play)


def test_waking_without_a_loop_does_nothing() -> None:
    loop.wake()


def test_the_command_does_all_that_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    work, slow, long = Work(due=120), Work(due=1), Work(due=2)
    monkeypatch.setattr("messaging.management.commands.do_due.SWEEPS", (work,))
    monkeypatch.setattr("messaging.management.commands.do_due.SLOW_SWEEPS", (slow,))
    monkeypatch.setattr("messaging.management.commands.do_due.LONG_SWEEPS", (long,))
    call_command("do_due")
    assert (work.due, slow.due, long.due) == (0, 0, 0)


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch, conversation: Conversation) -> list[bool]:
    """An entry for each time the loop was woken."""
    calls: list[bool] = []
    monkeypatch.setattr(watched_shops, "wake", lambda: calls.append(True))
    monkeypatch.setattr(watched_shops, "_watched", frozenset({conversation.shop_id}))
    return calls


@pytest.mark.django_db(transaction=True)
def test_only_a_shoppers_message_to_a_watched_shop_wakes(
    shopper: User, seller: User, conversation: Conversation, woken: list[bool]
) -> None:
    say(seller, conversation)
    assert woken == []
    say(shopper, conversation)
    assert woken == [True]
    watched_shops.watch([conversation.shop_id + 1])
    say(shopper, conversation)
    assert woken == [True]


def test_what_can_wait_rests_after_each_call(settings: Any) -> None:
    settings.LEISURE_BUSY_SHARE = 1e9
    settings.LEISURE_CORE_SHARE = 1e-9
    work = Work(due=5)
    sweep = at_leisure(work)
    assert [sweep(2), sweep(2), sweep(2)] == [2, 0, 0]
    settings.LEISURE_CORE_SHARE = 1e9
    sweep = at_leisure(work)
    assert [sweep(2), sweep(2), sweep(2)] == [2, 1, 0]


def test_what_can_wait_waits_while_the_process_is_busy(settings: Any) -> None:
    settings.LEISURE_CORE_SHARE = 1e9
    settings.LEISURE_BUSY_SHARE = 0.0
    settings.LEISURE_LATEST_SECONDS = 1e9
    work = Work(due=5)
    assert at_leisure(work)(2) == 0
    settings.LEISURE_LATEST_SECONDS = 0.0
    assert at_leisure(work)(2) == 2


def test_what_is_seldom_due_rests_once_nothing_is(settings: Any) -> None:
    settings.SELDOM_SECONDS = 1e9
    work = Work(due=3)
    sweep = seldom(work)
    assert [sweep(2), sweep(2), sweep(2)] == [2, 1, 0]
    work.due = 2
    assert [sweep(2), sweep(2)] == [0, 0]
    settings.SELDOM_SECONDS = 0.0
    sweep = seldom(work)
    assert [sweep(2), sweep(2)] == [2, 0]
    work.due = 1
    assert sweep(2) == 1
