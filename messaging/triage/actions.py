"""What people do with conversations. Each function is one act, for one conversation or many.

All take the IDs of conversations and return an `Outcome`. Conversations in which the actor takes no
part are like those that don't exist: `failed` has them as `not_found`, and the act is done with the
others.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from messaging.models import Conversation, Participant
from trato.errors import Refused, when_shown
from trato.people import Person

from . import own, tokens
from .frames import Outcome

Ids = Sequence[int]


@transaction.atomic
def archive(actor: Person, ids: Ids) -> Outcome:
    """Put conversations away until there is a new message."""
    columns = ["archived_sequence"]
    return own.change(actor, ids, columns, lambda row, _own: {columns[0]: row.last_sequence})


@transaction.atomic
def unarchive(actor: Person, ids: Ids) -> Outcome:
    return own.change(actor, ids, ["archived_sequence"], lambda _row, _own: {})


@transaction.atomic
def star(actor: Person, ids: Ids) -> Outcome:
    now = timezone.now()
    return own.change(
        actor, ids, ["starred_at"], lambda _row, own: {"starred_at": own.starred_at or now}
    )


@transaction.atomic
def unstar(actor: Person, ids: Ids) -> Outcome:
    return own.change(actor, ids, ["starred_at"], lambda _row, _own: {})


@transaction.atomic
def snooze(actor: Person, ids: Ids, until: datetime) -> Outcome:
    """Put conversations away until a time, or a new message.

    Raises:
        Refused: `invalid`, if the time is past or more than `SNOOZE_MAX_DAYS` away.
    """
    now = timezone.now()
    if until <= now:
        raise Refused("invalid", _("Choose a time to come: this one is past."))
    if until > now + timedelta(days=settings.SNOOZE_MAX_DAYS):
        raise Refused("invalid", when_shown(_too_far))
    return own.change(
        actor,
        ids,
        ["snoozed_until", "snoozed_sequence"],
        lambda row, _own: {"snoozed_until": until, "snoozed_sequence": row.last_sequence},
    )


@transaction.atomic
def wake(actor: Person, ids: Ids) -> Outcome:
    return own.change(actor, ids, ["snoozed_until", "snoozed_sequence"], lambda _row, _own: {})


@transaction.atomic
def undo(actor: Person, token: str) -> Outcome:
    """Undo an act, wherever nobody has changed the same since; elsewhere it is a `conflict`.

    Raises:
        Refused: `invalid`, see `tokens.read`.
    """
    undone = tokens.read(actor, token)
    changes = {change.conversation: change for change in undone.changes}

    def restore(row: Conversation, mine: Participant) -> own.Values | None:
        change = changes[row.pk]
        if [getattr(mine, column) for column in undone.what] != change.after:
            return None
        return dict(zip(undone.what, change.before, strict=True))

    outcome = own.change(actor, list(changes), undone.what, restore)
    outcome.undo = ""
    return outcome


def _too_far() -> str:
    text = ngettext(
        "Choose a time within %(count)s day.",
        "Choose a time within %(count)s days.",
        settings.SNOOZE_MAX_DAYS,
    )
    return text % {"count": settings.SNOOZE_MAX_DAYS}
