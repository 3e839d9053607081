"""The rule of the suite's servers: a message with a certain word is held for review."""

from messaging import pipeline
from messaging.message_checks import Check
from messaging.records import Attempt

MARKER = "suspicious"
RULE = "marker"


class HoldsMarked(Check):
    """Holds a message that contains `MARKER`."""

    def check(self, attempt: Attempt) -> None:
        if MARKER in attempt.body:
            attempt.held_for = RULE


def install() -> None:
    """Let this process hold messages."""
    pipeline.CHECKS = (HoldsMarked(), *pipeline.CHECKS)
