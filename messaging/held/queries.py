"""Find held messages."""

import uuid

from django.db.models import QuerySet

from messaging.models import Conversation, Decision, HeldMessage
from trato.array_parameters import listed
from trato.people import Person

SHOWN = (*HeldMessage.OPEN, HeldMessage.State.REJECTED)  # to their sender


def find(conversation: Conversation, sender_id: int, client_id: uuid.UUID) -> HeldMessage | None:
    """Return a person's held message in any state."""
    rows = HeldMessage.objects.filter(
        conversation=conversation, sender=sender_id, client_id=client_id
    )
    return rows.first()


def open_of(conversation: Conversation, sender_id: int) -> QuerySet[HeldMessage]:
    """Return messages that await a decision, or an earlier message's, in the order of sending."""
    return HeldMessage.objects.filter(
        conversation=conversation, sender=sender_id, state__in=HeldMessage.OPEN
    ).order_by("pk")


def with_nothing_else(user: Person, limit: int) -> list[Conversation]:
    """Return a shopper's conversations that contain only the shopper's own held messages.

    The list has no rows for them, because they have no messages yet.
    """
    shown = HeldMessage.objects.filter(sender=user.pk, state__in=SHOWN)
    rows = Conversation.objects.filter(
        consumer=user.pk, last_sequence=0, has_held=True, pk__in=shown.values("conversation")
    )
    return list(rows.select_related("shop").order_by("-pk")[:limit])


def shown_to(user: Person, conversation: Conversation) -> list[HeldMessage]:
    """Return a person's own held messages in a conversation, with their files.

    Rejected ones come with their `decision`. Makes no query if nothing was ever held there.
    """
    if not conversation.has_held:
        return []
    rows = HeldMessage.objects.filter(conversation=conversation, sender=user.pk, state__in=SHOWN)
    shown = list(rows.prefetch_related("files").order_by("pk"))
    if rejected := [row.pk for row in shown if row.is_rejected]:
        decided = Decision.objects.filter(held__in=listed(rejected), overturned_at=None)
        decisions = {one.held_id: one for one in decided.filter(measure=Decision.Measure.REJECT)}
        for row in shown:
            row.decision = decisions.get(row.pk)
    return shown
