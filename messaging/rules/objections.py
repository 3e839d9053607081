"""Store a writer's objection to a rule."""

from collections.abc import Sequence
from typing import Any

from messaging.models import HeldMessage, Message, Objection, ShieldRule
from messaging.records import Attempt

from . import hits


def store(attempt: Attempt, rules: Sequence[ShieldRule], outcome: Objection.Outcome) -> None:
    """Store an objection to each rule, once per message.

    Store none if a message with this `client_id` is already stored. Otherwise its delivery would
    also count as allowing this text, which nobody has sent. Objections to refusals are stored a few
    seconds later, because nothing else of a refused message is stored.
    """
    if not attempt.is_edit and _is_stored(attempt):
        return
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
        hits.store_later(rows)
    else:
        Objection.objects.bulk_create(rows, ignore_conflicts=True)


def _is_stored(attempt: Attempt) -> bool:
    same: dict[str, Any] = {
        "conversation": attempt.conversation_id,
        "sender": attempt.sender_id,
        "client_id": attempt.client_id,
    }
    return any(model.objects.filter(**same).exists() for model in (Message, HeldMessage))
