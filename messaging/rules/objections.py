"""Store that a writer says a rule is wrong."""

from collections.abc import Sequence

from messaging.models import Objection, ShieldRule
from messaging.records import Attempt

from . import tally


def store(attempt: Attempt, rules: Sequence[ShieldRule], outcome: Objection.Outcome) -> None:
    """Store an objection to each rule, once per message.

    Those to refusals are stored a few seconds later, because nothing else of the message is.
    """
    rows = [
        Objection(
            rule=rule,
            conversation_id=attempt.conversation_id,
            sender_id=attempt.sender_id,
            client_id=attempt.client_id,
            kind=rule.subject,
            outcome=outcome,
        )
        for rule in rules
    ]
    if outcome == Objection.Outcome.REFUSED:
        tally.store_later(rows)
    else:
        Objection.objects.bulk_create(rows, ignore_conflicts=True)
