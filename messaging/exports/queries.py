"""Queries for the size of an export, and for the exports that a person can download."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.http import Http404
from django.utils import timezone

from messaging.models import NOT_HIDDEN, Conversation, Export, File, Message
from trato.people import Person

State = Export.State
CLOCKS_DIFFER = timedelta(minutes=1)  # at most: one is the server's, the other the database's


def is_small(conversation: Conversation) -> bool:
    """Whether an export is sent immediately instead of being prepared in the background."""
    if conversation.last_sequence > settings.EXPORT_DIRECT_MESSAGES:
        return False
    return bytes_of_files(conversation) <= settings.EXPORT_DIRECT_BYTES


def bytes_of_files(conversation: Conversation) -> int:
    """Return the size of all files that both sides see."""
    shown = {f"message__{name}": value for name, value in NOT_HIDDEN.items()}
    files = File.objects.filter(conversation=conversation, message__isnull=False, **shown)
    total: int | None = files.aggregate(size=Sum("size"))["size"]
    return total or 0


def exports_of(user: Person, conversation: Conversation) -> QuerySet[Export]:
    """Return a person's exports of a conversation that have not expired, newest first.

    Each has `is_stale`: a message in it was edited, withdrawn or removed since, so nobody can
    download it. A reaction also raises the revision, but doesn't make an export stale.
    """
    changed = Message.objects.filter(
        _changed(OuterRef("created_at") - CLOCKS_DIFFER),
        conversation=OuterRef("conversation"),
        revision__gt=OuterRef("revision"),
        sequence__lte=OuterRef("last_sequence"),
    )
    rows = Export.objects.filter(owner=user.pk, conversation=conversation)
    return _fresh(rows.annotate(is_outdated=Exists(changed)))


def export_of_everything(user: Person) -> Export | None:
    """Return a person's export of all data, unless it has expired.

    It is stale if a message of any conversation in it has changed, see `exports_of`.
    """
    row = _fresh(Export.objects.filter(owner=user.pk, conversation=None)).first()
    if row is not None:
        since = row.created_at - CLOCKS_DIFFER
        changed = Message.objects.filter(_changed(since), conversation__consumer_id=user.pk)
        row.has_changed = any(
            revision > row.revisions.get(str(key), 0)
            for key, revision in changed.values_list("conversation_id", "revision")
        )
    return row


def _changed(since: Any) -> Q:
    return Q(edited_at__gt=since) | Q(withdrawn_at__gt=since) | Q(removed_at__gt=since)


def _fresh(rows: QuerySet[Export]) -> QuerySet[Export]:
    return rows.exclude(expires_at__lte=timezone.now()).order_by("-pk")


def export_for(user: Person, conversation: Conversation, export_id: int) -> Export:
    """Return an export that the person may download now; see `exports_of` for `is_stale`.

    Args:
        conversation: one in which the person takes part.

    Raises:
        Http404: there is none, it is somebody else's, isn't ready, or has expired.
    """
    row = exports_of(user, conversation).filter(pk=export_id, state=State.READY).first()
    if row is None:
        raise Http404("no such export")
    return row


def export_of_everything_for(user: Person, export_id: int) -> Export:
    """Return an export of all data that the person may download now; see `is_stale`.

    Raises:
        Http404: there is none, it is somebody else's, isn't ready, or has expired.
    """
    row = export_of_everything(user)
    if row is None or row.pk != export_id or row.state != State.READY:
        raise Http404("no such export")
    return row
