"""Mark messages as read from a request. Sockets store their marks in batches, see `batch`."""

from django.db import transaction

from messaging import events
from messaging.records import Reading
from trato.people import Person

from . import orm


@transaction.atomic
def mark_read(actor: Person, conversation_id: int, sequence: int) -> None:
    """Store that a person has read up to a message, and announce it to both sides on commit.

    Args:
        sequence: of the last message seen; limited to the last message there is.

    Raises:
        Http404: the conversation doesn't exist, or the actor takes no part in it.
    """
    mark = orm.store_one(Reading(conversation_id, actor, sequence))
    transaction.on_commit(lambda: events.messages_read([mark]))
