"""The rate limit of messages, as one of the checks before a send."""

from collections.abc import Sequence

from messaging.checks import Check
from messaging.records import Attempt

from . import limits


class MessageLimit(Check):
    """Refuse the messages of a person who sends too many."""

    def check(self, attempt: Attempt) -> None:
        limits.hit("message", attempt.sender.pk)
        attempt.counted = True

    async def check_many(self, attempts: Sequence[Attempt]) -> None:
        refusals = await limits.hit_many("message", [attempt.sender_id for attempt in attempts])
        for attempt, refusal in zip(attempts, refusals, strict=True):
            attempt.refusal, attempt.counted = refusal, refusal is None
