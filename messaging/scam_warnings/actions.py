"""Dismiss warnings."""

from django.db import transaction
from django.http import Http404

from messaging import access, message_warnings
from messaging.models import NOT_HIDDEN, DismissedWarning, Message
from trato import rate_limits
from trato.clock import database_now
from trato.people import Person

from .queries import joined


@rate_limits.given_back_on_failure
@transaction.atomic
def dismiss(actor: Person, conversation_id: int, sequence: int) -> tuple[Message, bool]:
    """Stop showing the actor the warnings next to a message from the other side.

    Safe to repeat. Nobody else is notified.

    Returns:
        The message, and whether anything has changed.

    Raises:
        Http404: there is no such message, it is from the actor's own side, or it has been removed
            or withdrawn.
        Refused: `rate_limited` after too many dismissals.
    """
    conversation = access.conversation_for(actor, conversation_id)
    rows = conversation.messages.select_related("sender").filter(sequence=sequence, **NOT_HIDDEN)
    message = rows.filter(side=conversation.side_of(actor.pk).other).first()
    if message is None:
        raise Http404("no such message to be warned of")
    message.conversation = conversation
    codes = message_warnings.codes_of(message.files.all()) if message.attached else ""
    kinds = joined(
        message_warnings.warnings(message.body, codes, is_automatic=message.is_automatic)
    )
    given = DismissedWarning.objects.filter(message=message, user_id=actor.pk)
    if not kinds or given.filter(kinds=kinds).exists():
        return message, False
    rate_limits.hit("DISMISSALS_PER_MINUTE", actor.pk)
    DismissedWarning.objects.update_or_create(
        message=message,
        user_id=actor.pk,
        defaults={"kinds": kinds, "created_at": database_now()},
    )
    return message, True
