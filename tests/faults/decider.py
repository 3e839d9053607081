"""Decide on held messages in processes that kill themselves: `python -m tests.faults.decider`.

It reads one decision per line of its input, and forks a process to carry it out. It answers with a
line: `KILLED`, or `DONE` if the process ended without passing the point.
"""

import os
import sys
from contextlib import suppress

import django
import msgspec
from django.core.exceptions import ValidationError

KILLED, DONE = "killed", "done"


class Decision(msgspec.Struct):
    """A decision, and where the process dies, see `crashes.DECISION_POINTS`."""

    staff: int
    held: int
    how: str
    point: str


def main() -> None:
    django.setup()
    for line in sys.stdin:
        decision = msgspec.json.decode(line, type=Decision)
        if not os.fork():
            decide(decision)
            os._exit(0)
        _pid, status = os.wait()
        if os.WIFEXITED(status) and os.WEXITSTATUS(status):
            sys.exit(f"a process failed: {status}")
        print(KILLED if os.WIFSIGNALED(status) else DONE, flush=True)  # noqa: T201


def decide(decision: Decision) -> None:
    """Carry out a decision, unless the process dies first or the sender withdrew the message."""
    from accounts.models import User
    from messaging.review import actions
    from tests.rulings import reject
    from trato.errors import AlreadyDone

    from . import crashes

    crashes.arm_decision(decision.point)
    act = actions.release if decision.how == "released" else reject
    with suppress(AlreadyDone, ValidationError):
        act(User.objects.get(pk=decision.staff), decision.held, "for the suite's sake")


if __name__ == "__main__":
    main()
