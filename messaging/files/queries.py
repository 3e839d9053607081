"""Find files for those who may see them."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import Http404

from messaging import access
from messaging.models import Conversation, File, Side
from trato.people import Person


def file_for(user: Person, conversation_id: int, file_id: int) -> File:
    """Return a file that the person may see now.

    That is a file of a message that both sides see, one's own that isn't sent yet, or one that the
    person's shop has scheduled.

    Raises:
        Http404: there is no such file, or the person may not see it.
    """
    conversation = access.conversation_for(user, conversation_id)
    sent = Q(message__isnull=False, message__removed_at=None, message__withdrawn_at=None)
    own = Q(message=None, scheduled=None, owner=user.pk)
    if conversation.side_of(user.pk) is Side.SELLER:
        own |= Q(message=None, scheduled__isnull=False)
    file = File.objects.filter(sent | own, pk=file_id, conversation=conversation, is_ready=True)
    if row := file.first():
        return row
    raise Http404("no such file")


def unsent(
    user: Person, ids: Iterable[int], conversation: Conversation | None = None
) -> list[File]:
    """Return those of some files that are the person's own, and neither sent nor scheduled yet.

    Args:
        conversation: where they were uploaded; None if the page doesn't know it.
    """
    rows = File.objects.filter(
        pk__in=ids, owner=user.pk, message=None, scheduled=None, is_ready=True
    )
    if conversation is not None:
        rows = rows.filter(conversation=conversation)
    return list(rows.order_by("pk"))


def stored_by(user: Person) -> tuple[int, int]:
    """Return how many files a person has stored, and how many bytes, sent or not."""
    totals: dict[str, Any] = File.objects.filter(owner=user.pk).aggregate(
        count=Count("pk"), size=Sum("size")
    )
    return totals["count"], totals["size"] or 0
