"""Find held messages."""

import uuid

from django.db.models import QuerySet

from messaging.models import Conversation, HeldMessage
from trato.people import Person

from .words import why


def find(conversation: Conversation, sender_id: int, client_id: uuid.UUID) -> HeldMessage | None:
    """Return a person's held message, in whatever state it is."""
    rows = HeldMessage.objects.filter(
        conversation=conversation, sender=sender_id, client_id=client_id
    )
    return rows.first()


def open_of(conversation: Conversation, sender_id: int) -> QuerySet[HeldMessage]:
    """Return what isn't decided, or waits for an earlier one, in the order of sending."""
    return HeldMessage.objects.filter(
        conversation=conversation, sender=sender_id, state__in=HeldMessage.OPEN
    ).order_by("pk")


def shown_to(user: Person, conversation: Conversation) -> list[HeldMessage]:
    """Return a person's own held messages in a conversation, with their files and `why`.

    Without a query if nothing was ever held there.
    """
    if not conversation.has_held:
        return []
    states = (*HeldMessage.OPEN, HeldMessage.State.REJECTED)
    rows = HeldMessage.objects.filter(conversation=conversation, sender=user.pk, state__in=states)
    shown = list(rows.prefetch_related("files").order_by("pk"))
    for row in shown:
        row.why = why(row.rule) if row.is_rejected else ""
    return shown
