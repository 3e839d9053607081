"""Do due work in processes that kill themselves: `python -m tests.messaging.due.killed`.

Each process dies by SIGKILL at a random point: before or after one of its statements, or before or
after a COMMIT. Two of them run at a time, so that they also compete for the rows.
"""

import os
import random
import signal
import sys
from collections.abc import Callable
from typing import Any

import django
from django.conf import settings
from django.utils.module_loading import import_string

PROCESSES = 2  # at a time
KILLS = int(os.environ.get("KILLS", "0"))  # by `make faults`; other runs leave these tests out


def main(sweep: str, kills: int, seed: int, latest: int) -> None:
    """Start processes that call the sweep with this dotted path.

    Args:
        latest: the last point at which a process may die; some should finish something before.
    """
    django.setup()
    points = random.Random(seed)
    left, running = kills, 0
    while left or running:
        while left and running < PROCESSES:
            left, running = left - 1, running + 1
            point = points.randrange(1, latest)
            if not os.fork():
                do_until(point, sweep)
        _pid, status = os.wait()
        running -= 1
        if os.WIFEXITED(status) and os.WEXITSTATUS(status):
            sys.exit(f"a process failed: {status}")


def do_until(point: int, sweep: str) -> None:
    """Do due work, and die at a point; exit normally if nothing more is due before."""
    from django.db import connection as used

    connection: Any = used  # `_commit` is Django's own name for what sends COMMIT
    passed = 0

    def pass_point() -> None:
        nonlocal passed
        passed += 1
        if passed == point:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(execute: Callable[..., Any], *arguments: Any) -> Any:
        pass_point()
        result = execute(*arguments)
        pass_point()
        return result

    commit = connection._commit

    def commit_around() -> None:
        pass_point()
        commit()
        pass_point()

    connection._commit = commit_around
    with connection.execute_wrapper(around):
        import_string(sweep)(settings.DUE_BATCH_MAX)
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:]))
