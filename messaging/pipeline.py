"""The steps of every message: CHECKS before it is stored, EFFECTS after it is committed.

The two stores (`sending.orm` and `sending.postgresql`) only store. A feature that takes part in
sending is listed here by name.
"""

from collections.abc import Callable, Sequence

from trato import rate_limits
from trato.errors import Refused

from . import events
from .due import watched_shops
from .message_checks import Check, MessageLimit, TextCheck
from .records import Attempt, Sent
from .rules.check import RulesCheck
from .team import taking

# The checks of a message's text, which an edit has to pass, too.
CHECKS_OF_WORDS: tuple[Check, ...] = (TextCheck(), RulesCheck())
# In this order, until one refuses. The rate limit is last, because refused messages don't count.
CHECKS: tuple[Check, ...] = (*CHECKS_OF_WORDS, MessageLimit())

# Each is called with the new messages of a batch.
EFFECTS: tuple[Callable[[Sequence[Sent]], None], ...] = (
    events.messages_created,
    events.badges_changed,
    watched_shops.shopper_wrote,
    taking.replied,
)


def check(attempt: Attempt, *, is_limited: bool = True) -> None:
    """Run the checks on a request's attempt; set the first refusal in it.

    Args:
        is_limited: whether it counts against the sender's rate limit.
    """
    try:
        for each in CHECKS:
            if is_limited or not isinstance(each, MessageLimit):
                each.check(attempt)
    except Refused as refusal:
        attempt.refusal = refusal


async def check_many(attempts: Sequence[Attempt]) -> None:
    """Run the checks on a batch of attempts; set the first refusal in each."""
    for each in CHECKS:
        if passed := [attempt for attempt in attempts if attempt.refusal is None]:
            await each.check_many(passed)


def announce(sents: Sequence[Sent]) -> None:
    """Carry out the effects of committed messages, on the event loop or in a thread.

    A repeated message is included only if the first send may have stored it without announcing it.
    """
    news = [sent for sent in sents if sent.is_new or events.may_be_unannounced(sent)]
    if news:
        for effect in EFFECTS:
            effect(news)


async def give_back(attempts: Sequence[Attempt]) -> None:
    """Take these attempts off their senders' rate limits, because they stored no message."""
    await rate_limits.give_back_many(
        "MESSAGES_PER_MINUTE", [attempt.sender_id for attempt in attempts]
    )
