"""Sweeps that can wait, because people come first or because hardly anything is due."""

import time
from functools import wraps

from django.conf import settings

from .loop import Sweep

GIVE_WAY_SECONDS = 0.001


def give_way() -> None:
    """Let the process's other threads run: Python would make them wait for 5 ms each time."""
    time.sleep(GIVE_WAY_SECONDS)


def at_leisure(sweep: Sweep) -> Sweep:
    """Return a sweep that works while its process has little to do.

    Python runs one thread at a time, and the database has other work, too, so sends wait while a
    sweep computes and stores. The sweep therefore does nothing while the process uses more than
    `LEISURE_BUSY_SHARE` of a core, except for one call every `LEISURE_LATEST_SECONDS`. Otherwise
    the sweep rests after each call, and uses at most `LEISURE_CORE_SHARE` of a core.
    """
    last_at, last_used = time.monotonic(), time.process_time()
    rests_until, latest = 0.0, time.monotonic() + settings.LEISURE_LATEST_SECONDS

    @wraps(sweep)
    def leisurely(limit: int) -> int:
        nonlocal last_at, last_used, rests_until, latest
        now, used = time.monotonic(), time.process_time()
        is_busy = used - last_used > settings.LEISURE_BUSY_SHARE * (now - last_at)
        last_at, last_used = now, used
        if now < rests_until or (is_busy and now < latest):
            return 0
        began = time.thread_time()
        done = sweep(limit)
        taken = time.thread_time() - began
        now = time.monotonic()
        rests_until = now + taken / settings.LEISURE_CORE_SHARE
        latest = now + settings.LEISURE_LATEST_SECONDS
        return done

    return leisurely


def seldom(sweep: Sweep) -> Sweep:
    """Return a sweep that rests for `SELDOM_SECONDS` once nothing is due, in each process."""
    rests_until = float("-inf")

    @wraps(sweep)
    def resting(limit: int) -> int:
        nonlocal rests_until
        if time.monotonic() < rests_until:
            return 0
        done = sweep(limit)
        if not done:
            rests_until = time.monotonic() + settings.SELDOM_SECONDS
        return done

    return resting
