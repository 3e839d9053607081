"""Mark conversations as read or unread for one person, and mute them."""

from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils import timezone

from messaging import events
from messaging.models import Conversation, Participant
from messaging.presence.queries import hides_read
from messaging.records import ReadMark
from trato.people import Person

from . import news, participant_changes, queries
from .frames import Impossible, Outcome

READ = ["last_read_sequence", "unread_from"]
Ids = Sequence[int]


def mark_read(actor: Person, ids: Ids, check: Callable[[Conversation], None]) -> Outcome:
    """Mark everything in conversations as read. The other sides see that.

    Args:
        check: raises `Impossible` to leave a conversation unchanged.
    """
    moved: list[tuple[Conversation, Participant]] = []

    def decide(row: Conversation, mine: Participant) -> participant_changes.Values:
        check(row)
        if row.last_sequence > mine.last_read_sequence:
            moved.append((row, mine))
        return {"last_read_sequence": max(row.last_sequence, mine.last_read_sequence)}

    def then(done: participant_changes.Done) -> None:
        news.mark_read(actor, [row.pk for row, _mine in done])
        is_hidden = bool(moved) and hides_read(actor.pk)
        marks = [_read_mark(row, mine, is_hidden) for row, mine in moved]
        transaction.on_commit(lambda: events.messages_read(marks))

    return participant_changes.change(actor, ids, READ, decide, kind="read", then=then, lock=True)


def mark_unread(actor: Person, ids: Ids, sequence: int | None = None) -> Outcome:
    """Mark conversations as unread for the actor, from a message on.

    Reading them again ends this. The read mark that the other side sees stays the same.

    Args:
        sequence: the first unread message; by default, the other side's last message. If there is
            no such message, or none from the other side from there on, the action is `invalid`.
    """
    newest = queries.newest_of_other_side(actor, ids)

    def decide(row: Conversation, mine: Participant) -> participant_changes.Values:
        start = newest[row.pk] if sequence is None else sequence
        if not 0 < start <= newest[row.pk]:
            raise Impossible("invalid")
        is_read = start <= mine.last_read_sequence
        return {"unread_from": start if is_read else mine.unread_from}

    def then(done: participant_changes.Done) -> None:
        news.make_unread(actor, [row for row, _mine in done])

    return participant_changes.change(actor, ids, ["unread_from"], decide, kind="unread", then=then)


def mute(actor: Person, ids: Ids) -> Outcome:
    """Mute conversations: new messages make them unread, but without a badge or a toast."""
    now = timezone.now()
    return change_muted(actor, ids, lambda _row, mine: {"muted_at": mine.muted_at or now})


def unmute(actor: Person, ids: Ids) -> Outcome:
    return change_muted(actor, ids, lambda _row, _mine: {})


def change_muted(actor: Person, ids: Ids, decide: participant_changes.Decide) -> Outcome:
    def then(done: participant_changes.Done) -> None:
        for is_muted in (True, False):
            rows = [row for row, mine in done if (mine.muted_at is not None) == is_muted]
            if rows:
                news.mute(actor, rows, is_muted=is_muted)

    return participant_changes.change(actor, ids, ["muted_at"], decide, kind="mute", then=then)


def _read_mark(conversation: Conversation, mine: Participant, is_hidden: bool) -> ReadMark:
    return ReadMark(
        conversation_id=conversation.pk,
        consumer_id=conversation.consumer_id,
        shop_id=conversation.shop_id,
        user_id=mine.user_id,
        side=conversation.side_of(mine.user_id),
        sequence=mine.last_read_sequence,
        moved=True,
        badge_changed=False,  # announced by `news`
        hidden=is_hidden or bool(conversation.blocked_by),
    )
