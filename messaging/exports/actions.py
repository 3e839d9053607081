"""Start an export; delete exports."""

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from messaging import access
from messaging.due import loop
from messaging.models import EXPORT_KIND, Conversation, Export
from notifications import actions as notifications
from trato import rate_limits
from trato.errors import Refused
from trato.people import Person
from trato.stored_files.actions import PRIVATE, delete_on_commit

from . import queries
from .contents import Contents, collect

State = Export.State


@rate_limits.given_back_on_failure
def start(actor: Person, conversation_id: int) -> Contents | Export:
    """Export a conversation as the actor sees it, in the current language and time zone.

    Returns:
        The contents, to send now. For a large conversation, the export that is being prepared in
        the background or is ready; asking twice returns the same one.

    Raises:
        Http404: the conversation doesn't exist, or the actor doesn't take part in it.
        Refused: `conflict` while another conversation is being prepared for the actor;
            `rate_limited` after too many; `forbidden` for a deleted account.
    """
    conversation = access.conversation_for(actor, conversation_id)
    if not queries.is_small(conversation):
        return _order(actor, conversation)
    rate_limits.hit("EXPORTS_PER_DAY", actor.pk)
    return collect(conversation, conversation.side_of(actor.pk))


@transaction.atomic
def _order(actor: Person, conversation: Conversation) -> Export:
    access.lock_writer(actor)  # a second click waits for the first
    language = translation.get_language() or settings.LANGUAGE_CODE
    zone = timezone.get_current_timezone_name()
    own = queries.exports_of(actor, conversation)
    if waiting := own.filter(state=State.WAITING).first():
        return waiting
    same = own.filter(state=State.READY, language=language, time_zone=zone)
    ready = same.filter(revision=conversation.revision).first()
    if ready and not ready.is_stale:
        return ready
    if Export.objects.filter(owner=actor.pk, state=State.WAITING).exists():
        raise _busy()
    rate_limits.hit("EXPORTS_PER_DAY", actor.pk)
    return _replace(actor, conversation, language, zone)


@rate_limits.given_back_on_failure
@transaction.atomic
def start_everything(actor: Person) -> Export:
    """Prepare all of a person's data in the background, in the current language and time zone.

    Returns:
        The export that is being prepared; asking twice returns the same one.

    Raises:
        Refused: see `start`.
    """
    access.lock_writer(actor)
    if waiting := Export.objects.filter(owner=actor.pk, state=State.WAITING).first():
        if waiting.conversation_id is None:
            return waiting
        raise _busy()
    rate_limits.hit("EXPORTS_PER_DAY", actor.pk)
    language = translation.get_language() or settings.LANGUAGE_CODE
    return _replace(actor, None, language, timezone.get_current_timezone_name())


def _replace(actor: Person, conversation: Conversation | None, language: str, zone: str) -> Export:
    """Order an export, and delete an earlier one of the same conversation or of everything."""
    delete(Export.objects.filter(owner=actor.pk, conversation=conversation))
    row = Export.objects.create(
        conversation=conversation, owner_id=actor.pk, language=language, time_zone=zone
    )
    transaction.on_commit(loop.wake)
    return row


def _busy() -> Refused:
    text = _("We're still preparing another download for you. Start this one when it's ready.")
    return Refused("conflict", text)


@transaction.atomic
def delete(rows: QuerySet[Export]) -> int:
    """Delete exports, their notices and, on commit, their stored files; return how many."""
    locked = list(rows.select_for_update(of=("self",)).order_by("pk"))
    keys = [row.pk for row in locked]
    Export.objects.filter(pk__in=keys).delete()
    notifications.forget(EXPORT_KIND, keys)
    delete_on_commit([row.stored_name for row in locked], PRIVATE)
    return len(locked)
