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

from messaging import access
from messaging.host import host
from messaging.lanes.turns import Turn
from messaging.models import Conversation
from trato.clock import database_now
from trato.errors import Refused, when_shown
from trato.people import Person

from . import marks, own, team, tokens, turns, undoing
from .frames import Impossible, Outcome

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
def mute(actor: Person, ids: Ids) -> Outcome:
    """Let conversations be unread without a sound: no badge, no toast."""
    return marks.mute(actor, ids)


@transaction.atomic
def unmute(actor: Person, ids: Ids) -> Outcome:
    return marks.unmute(actor, ids)


@transaction.atomic
def mark_read(actor: Person, ids: Ids) -> Outcome:
    """Mark everything in conversations as read, which the other sides see."""
    return marks.mark_read(actor, ids)


@transaction.atomic
def mark_unread(actor: Person, ids: Ids, sequence: int | None = None) -> Outcome:
    """Mark conversations as unread for oneself, from a message on, see `marks.mark_unread`.

    Raises:
        Refused: `invalid`, if the only conversation has nothing to mark from there on.
    """
    outcome = marks.mark_unread(actor, ids, sequence)
    if len(ids) == 1 and set(outcome.failed.values()) == {"invalid"}:
        raise Refused("invalid", _("There is no such message."))
    return outcome


@transaction.atomic
def assign(actor: Person, ids: Ids, assignee_id: int | None) -> Outcome:
    """Let a member of the shop take care of conversations, or nobody. Only the team learns of it.

    Raises:
        Refused: `not_found`, if the person works for none of the actor's shops.
    """
    shops = set(host.shops_of([assignee_id])[assignee_id]) if assignee_id else set()
    if assignee_id and shops.isdisjoint(access.scope_of(actor).shop_ids):
        raise Refused("not_found", _("That person doesn't work for this shop."))

    def decide(row: Conversation) -> int | None:
        # Nobody takes care of what they have asked themselves, before they joined the shop.
        if assignee_id and (row.shop_id not in shops or row.consumer_id == assignee_id):
            raise Impossible("not_found")
        return assignee_id

    return team.change_assignees(actor, ids, decide)


@transaction.atomic
def label(actor: Person, ids: Ids, label_id: int) -> Outcome:
    """Put a label of the shop on conversations. Only the team learns of it.

    Raises:
        Refused: `not_found`, if the actor's shops have no such label.
    """
    return team.change_label(actor, ids, label_id, lambda _row, _has: True)


@transaction.atomic
def unlabel(actor: Person, ids: Ids, label_id: int) -> Outcome:
    """Remove a label from conversations; otherwise like `label`."""
    return team.change_label(actor, ids, label_id, lambda _row, _has: False)


@transaction.atomic
def settle(actor: Person, ids: Ids) -> Outcome:
    """Say that conversations need no reply. A new message reopens them."""
    return turns.change(actor, ids, lambda _row: Turn())


@transaction.atomic
def reopen(actor: Person, ids: Ids) -> Outcome:
    """Let settled conversations wait for the actor's side, from now on."""
    now = database_now()

    def decide(row: Conversation) -> Turn:
        waits = Turn(row.turn, row.waiting_since)
        return waits if row.turn else Turn(row.side_of(actor.pk), now)

    return turns.change(actor, ids, decide)


@transaction.atomic
def undo(actor: Person, token: str) -> Outcome:
    """Undo an act, wherever nobody has changed the same since; elsewhere it is a `conflict`.

    Raises:
        Refused: `invalid`, see `tokens.read`.
    """
    undone = tokens.read(actor, token)
    outcome = undoing.UNDO[undone.kind](actor, undone)
    outcome.undo = ""
    return outcome


def _too_far() -> str:
    text = ngettext(
        "Choose a time within %(count)s day.",
        "Choose a time within %(count)s days.",
        settings.SNOOZE_MAX_DAYS,
    )
    return text % {"count": settings.SNOOZE_MAX_DAYS}
