"""React to messages."""

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from messaging import access
from messaging.message_changes import locked_message, store_change
from messaging.models import Message, Reaction
from trato import rate_limits
from trato.clock import database_now
from trato.errors import Refused
from trato.people import Person

PLAIN_HEART = "\u2764"  # as some keyboards write it, without the selector that makes it red


@rate_limits.given_back_on_failure
@transaction.atomic
def react(
    actor: Person, conversation_id: int, sequence: int, reaction: str
) -> tuple[Message, bool]:
    """Set the actor's reaction to a message, in place of an earlier one.

    Nobody is alerted, the message stays read or unread, and the conversation waits for the same
    side as before, because a reaction is not an answer.

    Args:
        reaction: one of `Reaction.Kind`; empty to remove it.

    Returns:
        The message, and whether anything has changed.

    Raises:
        Http404: there is no such message, or the actor doesn't take part in the conversation.
        Refused: `invalid` for another reaction; `forbidden` if the message is removed or withdrawn,
            or the conversation has ended; `rate_limited` after too many reactions.
    """
    if reaction == PLAIN_HEART:
        reaction = Reaction.Kind.LOVE
    if reaction and reaction not in Reaction.Kind.values:
        raise Refused("invalid", _("Choose one of the six reactions."))
    message = locked_message(actor, conversation_id, sequence)
    if message is None:
        raise Http404("no such message")
    access.require_writable(message.conversation, actor.pk)
    if message.is_hidden:
        raise Refused("forbidden", _("This message isn't there any more."))
    given = Reaction.objects.filter(message=message, user_id=actor.pk)
    before = given.values_list("reaction", flat=True).first() or ""
    if before == reaction:
        return message, False
    rate_limits.hit("REACTIONS_PER_MINUTE", actor.pk)
    if reaction:
        values = {"reaction": reaction, "created_at": database_now()}
        Reaction.objects.update_or_create(message=message, user_id=actor.pk, defaults=values)
    else:
        given.delete()
    message.is_reacted = bool(reaction) or Reaction.objects.filter(message=message).exists()
    store_change(message, "is_reacted")
    return message, True
