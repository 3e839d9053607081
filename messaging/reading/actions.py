"""Mark messages as read from a request. Sockets store their marks in batches, see `batch`.

A mark never moves back, see `orm`. The other side sees it unless the reader hides it
(`messaging.presence`). `notifications.queries` counts what is unread. After a lost event, the
heartbeat of `notifications.consumers` corrects the badge.
"""

from django.db import transaction

from messaging import events
from messaging.models import NUDGE_KIND
from messaging.records import Reading
from notifications import actions as notifications
from trato.people import Person

from . import orm


@transaction.atomic
def mark_read(actor: Person, conversation_id: int, sequence: int) -> None:
    """Store that a person has read up to a message, and announce it to both sides on commit.

    This also marks a reminder in the conversation as read. With sockets, the page's script does so.

    Args:
        sequence: the last message seen; limited to the last message there is.

    Raises:
        Http404: the conversation doesn't exist, or the actor doesn't take part in it.
    """
    mark = orm.store_one(Reading(conversation_id, actor, sequence))
    notifications.mark_read(actor, subject_kind=NUDGE_KIND, subject_id=conversation_id)
    transaction.on_commit(lambda: events.messages_read([mark]))
