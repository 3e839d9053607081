"""What an export of a conversation would contain, and which ones somebody can fetch."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.http import Http404
from django.utils import timezone

from messaging import access
from messaging.models import NOT_HIDDEN, Conversation, Export, File, Message
from trato.people import Person

State = Export.State
CLOCKS_DIFFER = timedelta(minutes=1)  # by less: one is a server's, the other the database's


def is_small(conversation: Conversation) -> bool:
    """Whether an export is sent at once instead of being prepared in the background."""
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

    Each has `is_stale`: a message in it was edited, withdrawn or removed since, so nobody gets it.
    A reaction, which also raises the revision, leaves it as it is.
    """
    since = OuterRef("created_at") - CLOCKS_DIFFER
    changed = Message.objects.filter(
        Q(edited_at__gt=since) | Q(withdrawn_at__gt=since) | Q(removed_at__gt=since),
        conversation=OuterRef("conversation"),
        revision__gt=OuterRef("revision"),
        sequence__lte=OuterRef("last_sequence"),
    )
    rows = Export.objects.filter(owner=user.pk, conversation=conversation)
    rows = rows.annotate(has_changed=Exists(changed))
    return rows.exclude(expires_at__lte=timezone.now()).order_by("-pk")


def export_for(user: Person, conversation_id: int, export_id: int) -> Export:
    """Return an export that the person may fetch now; see `exports_of` for `is_stale`.

    Raises:
        Http404: there is none, it is somebody else's, isn't ready, or has expired; or the person
            no longer takes part in the conversation.
    """
    conversation = access.conversation_for(user, conversation_id)
    row = exports_of(user, conversation).filter(pk=export_id, state=State.READY).first()
    if row is None:
        raise Http404("no such export")
    row.conversation = conversation
    return row
