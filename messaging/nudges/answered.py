"""Mark the notices of reminders that no longer hold as read, for everybody who got them.

This is not part of storing the answer, because sends are the hot path, and hardly any conversation
has a reminder.
"""

from django.db import transaction
from django.db.models import F, Q, QuerySet

from messaging.due.claims import claimed
from messaging.models import Nudge, Side
from trato.prepared import prepared

from . import notices

# The other side has answered, nothing awaits an answer any more, or a new question does.
_NO_LONGER_HOLDS = (
    Q(conversation__waiting_since=None)
    | Q(conversation__turn=F("side"))
    | Q(conversation__waiting_since__gt=F("sent_at"))
)


def due(limit: int) -> int:
    """Close reminders that no longer hold; return how many."""
    return _close(limit) if _open() else 0


@prepared
def _open() -> QuerySet[Nudge, int]:
    """Check whether any reminder is open. Usually none is, and a claim takes three statements."""
    return Nudge.objects.filter(is_open=True).order_by().values_list("pk", flat=True)[:1]


@transaction.atomic
def _close(limit: int) -> int:
    rows = claimed(Nudge.objects.filter(_NO_LONGER_HOLDS, is_open=True).order_by("pk"), limit)
    for side in Side:
        if closed := [row.conversation_id for row in rows if row.side == side]:
            notices.mark_read_by_all(side, closed)
    Nudge.objects.filter(pk__in=[row.pk for row in rows]).update(is_open=False)
    return len(rows)
