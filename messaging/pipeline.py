"""What every message goes through: CHECKS before it is stored, EFFECTS once it is committed.

The two stores (`sending.orm` and `sending.postgresql`) do nothing but store. A feature that has a
say in sending is listed here, by name.
"""

from collections.abc import Callable, Sequence

from trato import rate_limits
from trato.errors import Refused

from . import events
from .message_checks import Check, MessageLimit, TextCheck
from .records import Attempt, Sent

# In this order, until one refuses. The rate limit is last: what is refused does not count.
CHECKS: tuple[Check, ...] = (TextCheck(), MessageLimit())

# Each gets the messages of a batch that are news.
EFFECTS: tuple[Callable[[Sequence[Sent]], None], ...] = (
    events.messages_created,
    events.badges_changed,
)


def check(attempt: Attempt) -> None:
    """Run the checks on the attempt of a request; note the first refusal in it."""
    try:
        for each in CHECKS:
            each.check(attempt)
    except Refused as refusal:
        attempt.refusal = refusal


async def check_many(attempts: Sequence[Attempt]) -> None:
    """Run the checks on a batch of attempts; note the first refusal in each."""
    for each in CHECKS:
        if passed := [attempt for attempt in attempts if attempt.refusal is None]:
            await each.check_many(passed)


def announce(sents: Sequence[Sent]) -> None:
    """Carry out the effects of messages that are committed, on the event loop or in a thread.

    A repeat is news only where the first send may have been stored and never announced.
    """
    news = [sent for sent in sents if sent.is_new or events.may_be_unannounced(sent)]
    if news:
        for effect in EFFECTS:
            effect(news)


async def give_back(attempts: Sequence[Attempt]) -> None:
    """Don't count these attempts in their senders' rate limits: they stored no message."""
    await rate_limits.give_back_many(
        "MESSAGES_PER_MINUTE", [attempt.sender_id for attempt in attempts]
    )
