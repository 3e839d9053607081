"""The advice about recalled messages on a conversation's page."""

from collections.abc import Iterable

from django.db.models import Q
from django.utils.translation import gettext as _

from messaging.models import Conversation, Message, RecallItem, Side


def recall_advice(conversation: Conversation, side: Side, shown: Iterable[Message]) -> str:
    """Return what a side has to know about a scam that it got here; empty if there is none.

    Args:
        shown: the messages on the page; if none of them was removed, there is no query.
    """
    if not any(message.removed_at and message.side != side for message in shown):
        return ""
    rows = RecallItem.objects.filter(
        message__conversation=conversation,
        message__side=side.other,
        message__removed_at__isnull=False,  # a message may be shown again while the recall stands
        recall__undone_at=None,
    )
    in_force = Q(decision=None) | Q(decision__overturned_at=None)
    return advice() if rows.filter(in_force).exists() else ""


def advice() -> str:
    """Return advice for a person who has received a scam, or even answered it."""
    return _(
        "Don't pay, don't open its links and don't write to its contacts. If you've paid or given "
        "away a code or your card's data, call your bank now and change your password."
    )
