"""Staff decisions, for tests that need their effects."""

from typing import Any

from accounts.models import User
from messaging.decisions.actions import decide
from messaging.decisions.ruling import Ruling
from messaging.models import Decision, HeldMessage, Message

REASONS: dict[str, Any] = {
    "ground": "terms",
    "clause": "No spam",
    "explanation": "You wrote the same to many.",
}


def rule(actor: User, person_id: int, measure: str, reason: str, **more: Any) -> Decision:
    """Decide about a person, for good reasons."""
    return decide(actor, person_id, Ruling(measure=measure, facts=reason, **(REASONS | more)))


def remove_message(actor: User, message_id: int, reason: str) -> Message:
    """Remove a message, and return it as it is afterwards."""
    message = Message.objects.get(pk=message_id)
    rule(actor, message.sender_id, "remove", reason, message_id=message_id)
    message.refresh_from_db()
    return message


def reject(actor: User, held_id: int, reason: str, clause: str = "No spam") -> HeldMessage:
    """Reject a held message, and return it as it is afterwards."""
    held = HeldMessage.objects.get(pk=held_id)
    about = {"held_id": held.pk, "conversation_id": held.conversation_id, "clause": clause}
    rule(actor, held.sender_id, "reject", reason, **about)
    held.refresh_from_db()
    return held


def suspend(actor: User, person_id: int, reason: str) -> User:
    """Suspend an account for good, and return it as it is afterwards."""
    rule(actor, person_id, "suspend", reason)
    return User.objects.get(pk=person_id)
