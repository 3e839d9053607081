"""Store read marks with the ORM, one transaction each: for requests, and for SQLite."""

from collections.abc import Sequence

from django.db import transaction

from messaging import access
from messaging.models import SUBJECT_KIND, Participant
from messaging.presence.queries import hides_read
from messaging.records import Reading, ReadMark
from notifications import actions as notifications


def store(readings: Sequence[Reading]) -> list[ReadMark | Exception]:
    """Store each read mark in a separate transaction."""
    answers: list[ReadMark | Exception] = []
    for reading in readings:
        try:
            answers.append(store_one(reading))
        except Exception as error:
            answers.append(error)
    return answers


@transaction.atomic
def store_one(reading: Reading) -> ReadMark:
    """Store how far a person has read. A mark never moves back.

    Raises:
        Http404: the conversation doesn't exist, or the reader doesn't take part in it.
    """
    reader = reading.reader
    conversation = access.conversation_for(reader, reading.conversation_id, lock=True)
    side = conversation.side_of(reader.pk)
    sequence = min(reading.sequence, conversation.last_sequence)
    participant, _created = Participant.objects.get_or_create(
        conversation=conversation, user_id=reader.pk, defaults={"side": side}
    )
    moved = sequence > participant.last_read_sequence
    unread_from = participant.unread_from or 0  # from there on, marked as unread by the person
    if moved or 0 < unread_from <= sequence:
        participant.last_read_sequence = max(sequence, participant.last_read_sequence)
        participant.unread_from = None if moved else 0  # as in the PostgreSQL statement
        participant.save(update_fields=["last_read_sequence", "unread_from"])
    seen = sequence if unread_from > sequence else participant.last_read_sequence
    newer = conversation.messages.filter(sequence__gt=seen, side=side.other)
    badge_changed = not newer.exists() and notifications.mark_read(
        reader, subject_kind=SUBJECT_KIND, subject_id=conversation.pk, announce=False
    )
    return ReadMark(
        conversation_id=conversation.pk,
        consumer_id=conversation.consumer_id,
        shop_id=conversation.shop_id,
        user_id=reader.pk,
        side=side,
        sequence=participant.last_read_sequence,
        moved=moved,
        badge_changed=badge_changed,
        # A mark that doesn't move isn't sent.
        hidden=moved and (bool(conversation.blocked_by) or hides_read(reader.pk)),
    )
