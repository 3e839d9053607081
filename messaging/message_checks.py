"""The checks of a message's text and rate, and their base class. `access` decides who may write."""

from collections.abc import Sequence

from trato import rate_limits
from trato.errors import Refused

from .body import clean_body
from .records import Attempt


class Check:
    """Decides whether a message may be stored. `pipeline.CHECKS` lists all of them."""

    def check(self, attempt: Attempt) -> None:
        """Check the attempt of a request.

        Raises:
            Refused: the message must not be stored.
        """
        raise NotImplementedError

    async def check_many(self, attempts: Sequence[Attempt]) -> None:
        """Check a batch on the event loop and set in each attempt why it is refused.

        A check that calls a service overrides this, to call it once for the whole batch.
        """
        for attempt in attempts:
            try:
                self.check(attempt)
            except Refused as refusal:
                attempt.refusal = refusal


class TextCheck(Check):
    """Normalizes the text, or refuses it."""

    def check(self, attempt: Attempt) -> None:
        # The database may be unable to store a refused text, so the stores must not get it.
        given, attempt.body = attempt.body, ""
        if given.strip() or not attempt.files:
            attempt.body = clean_body(given)


class MessageLimit(Check):
    """Refuses the messages of a person who sends too many."""

    def check(self, attempt: Attempt) -> None:
        rate_limits.hit("MESSAGES_PER_MINUTE", attempt.sender.pk)
        attempt.counted = True

    async def check_many(self, attempts: Sequence[Attempt]) -> None:
        people = [attempt.sender_id for attempt in attempts]
        refusals = await rate_limits.hit_many("MESSAGES_PER_MINUTE", people)
        for attempt, refusal in zip(attempts, refusals, strict=True):
            attempt.refusal, attempt.counted = refusal, refusal is None
