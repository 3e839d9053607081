"""Actions on conversations. Each function is one action, on one conversation or many.

All take the IDs of conversations and return an `Outcome`. If the actor doesn't take part in a
conversation, it is treated like one that doesn't exist: `failed` has it as `not_found`, and the
action applies to the others.

Actions that put conversations away also take the sequence of the last message that the actor has
`seen`, by conversation. If the other side has written since and is waiting for an answer, the
action leaves the conversation unchanged, and `failed` has `conflict`. Without `seen`, there is no
such check.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from messaging import access
from messaging.host import host
from messaging.lanes.turns import Turn
from messaging.models import Conversation, Participant
from trato.clock import database_now
from trato.errors import Refused, when_shown
from trato.people import Person

from . import assigning, labelling, marks, participant_changes, settling, tokens, undoing
from .frames import Impossible, Outcome

Ids = Sequence[int]
Seen = Mapping[int, int]


@transaction.atomic
def archive(actor: Person, ids: Ids, seen: Seen | None = None) -> Outcome:
    """Archive conversations until a new message arrives."""

    def decide(row: Conversation, _own: Participant) -> participant_changes.Values:
        _require_seen(actor, row, seen)
        return {"archived_sequence": row.last_sequence}

    return participant_changes.change(actor, ids, ["archived_sequence"], decide)


@transaction.atomic
def unarchive(actor: Person, ids: Ids) -> Outcome:
    return participant_changes.change(actor, ids, ["archived_sequence"], lambda _row, _own: {})


@transaction.atomic
def star(actor: Person, ids: Ids) -> Outcome:
    now = timezone.now()
    return participant_changes.change(
        actor, ids, ["starred_at"], lambda _row, own: {"starred_at": own.starred_at or now}
    )


@transaction.atomic
def unstar(actor: Person, ids: Ids) -> Outcome:
    return participant_changes.change(actor, ids, ["starred_at"], lambda _row, _own: {})


@transaction.atomic
def snooze(actor: Person, ids: Ids, until: datetime, seen: Seen | None = None) -> Outcome:
    """Snooze conversations until a time, or until a new message arrives.

    No job ends it: each page of a list compares the time, see `messaging.filtering.filters`.

    Raises:
        Refused: `invalid` if the time is past or more than `SNOOZE_MAX_DAYS` away.
    """
    now = timezone.now()
    if until <= now:
        raise Refused("invalid", _("Choose a time to come: this one is past."))
    if until > now + timedelta(days=settings.SNOOZE_MAX_DAYS):
        raise Refused("invalid", when_shown(_too_far))

    def decide(row: Conversation, _own: Participant) -> participant_changes.Values:
        _require_seen(actor, row, seen)
        return {"snoozed_until": until, "snoozed_sequence": row.last_sequence}

    return participant_changes.change(actor, ids, ["snoozed_until", "snoozed_sequence"], decide)


@transaction.atomic
def wake(actor: Person, ids: Ids) -> Outcome:
    return participant_changes.change(
        actor, ids, ["snoozed_until", "snoozed_sequence"], lambda _row, _own: {}
    )


@transaction.atomic
def mute(actor: Person, ids: Ids) -> Outcome:
    """Mute conversations: new messages make them unread, but without a badge or a toast."""
    return marks.mute(actor, ids)


@transaction.atomic
def unmute(actor: Person, ids: Ids) -> Outcome:
    return marks.unmute(actor, ids)


@transaction.atomic
def mark_read(actor: Person, ids: Ids, seen: Seen | None = None) -> Outcome:
    """Mark everything in conversations as read. The other sides see that."""
    return marks.mark_read(actor, ids, lambda row: _require_seen(actor, row, seen))


@transaction.atomic
def mark_unread(actor: Person, ids: Ids, sequence: int | None = None) -> Outcome:
    """Mark conversations as unread for the actor, from a message on, see `marks.mark_unread`.

    Raises:
        Refused: `invalid` if there is only one conversation, with nothing to mark from there on.
    """
    outcome = marks.mark_unread(actor, ids, sequence)
    if len(ids) == 1 and set(outcome.failed.values()) == {"invalid"}:
        raise Refused("invalid", _("There is no such message."))
    return outcome


@transaction.atomic
def assign(
    actor: Person, ids: Ids, assignee_id: int | None, *, instead_of: Sequence[int | None] = ()
) -> Outcome:
    """Assign conversations to a member of the shop, or to nobody. Only the team is notified.

    Args:
        instead_of: the assignee that the actor's page showed, with None for nobody; empty if that
            doesn't matter. If another colleague has taken a conversation since, it fails with
            `conflict`.

    Raises:
        Refused: `not_found` if the assignee works for none of the actor's shops.
    """
    shops = set(host.shops_of([assignee_id])[assignee_id]) if assignee_id else set()
    if assignee_id and shops.isdisjoint(access.scope_of(actor).shop_ids):
        raise Refused("not_found", _("That person doesn't work for this shop."))

    def decide(row: Conversation) -> int | None:
        # Nobody takes care of conversations that they began as a shopper, before joining the shop.
        if assignee_id and (row.shop_id not in shops or row.consumer_id == assignee_id):
            raise Impossible("not_found")
        is_other = instead_of and row.assignee_id not in (*instead_of, assignee_id, None)
        if is_other and host.is_member(row.assignee_id, row.shop_id):
            raise Impossible("conflict")
        return assignee_id

    return assigning.change(actor, ids, decide)


@transaction.atomic
def label(actor: Person, ids: Ids, label_id: int) -> Outcome:
    """Put one of the shop's labels on conversations. Only the team is notified.

    Raises:
        Refused: `not_found` if the actor's shops have no such label.
    """
    return labelling.change(actor, ids, label_id, lambda _row, _has: True)


@transaction.atomic
def unlabel(actor: Person, ids: Ids, label_id: int) -> Outcome:
    """Remove a label from conversations; otherwise like `label`."""
    return labelling.change(actor, ids, label_id, lambda _row, _has: False)


@transaction.atomic
def settle(actor: Person, ids: Ids, seen: Seen | None = None) -> Outcome:
    """Mark conversations as needing no reply. A new message reopens them."""

    def decide(row: Conversation) -> Turn:
        _require_seen(actor, row, seen)
        return Turn()

    return settling.change(actor, ids, decide)


@transaction.atomic
def reopen(actor: Person, ids: Ids) -> Outcome:
    """Let settled conversations wait for the actor's side, from now on."""
    now = database_now()

    def decide(row: Conversation) -> Turn:
        waits = Turn(row.turn, row.waiting_since)
        return waits if row.turn else Turn(row.side_of(actor.pk), now)

    return settling.change(actor, ids, decide)


@transaction.atomic
def undo(actor: Person, token: str) -> Outcome:
    """Undo an action in each conversation; fail with `conflict` where somebody made changes since.

    Raises:
        Refused: `invalid`, see `tokens.read`.
    """
    undone = tokens.read(actor, token)
    outcome = undoing.UNDO[undone.kind](actor, undone)
    outcome.undo = ""
    return outcome


def _require_seen(actor: Person, row: Conversation, seen: Seen | None) -> None:
    newest = (seen or {}).get(row.pk, row.last_sequence)
    if newest < row.last_sequence and row.turn == row.side_of(actor.pk):
        raise Impossible("conflict")


def _too_far() -> str:
    text = ngettext(
        "Choose a time within %(count)s day.",
        "Choose a time within %(count)s days.",
        settings.SNOOZE_MAX_DAYS,
    )
    return text % {"count": settings.SNOOZE_MAX_DAYS}
