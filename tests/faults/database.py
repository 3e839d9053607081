"""Read the truth."""

from collections import defaultdict
from collections.abc import Collection

from django.db import connection

from messaging.models import Conversation, File, Message, Participant, Reaction

from . import face
from .truth import Row, Truth


def read(members: dict[int, set[int]], former: Collection[int] = ()) -> Truth:
    """Read it for the conversations that are keys of `members`.

    Args:
        former: people whose access changed; their badge is not checked.
    """
    try:
        messages = Message.objects.filter(conversation__in=members).order_by("id")
        given: dict[int, list[tuple[str, int]]] = defaultdict(list)
        for reaction in Reaction.objects.filter(message__conversation__in=members):
            given[reaction.message_id].append((reaction.reaction, reaction.user_id))
        files: dict[int, list[int]] = defaultdict(list)
        for file in File.objects.filter(message__conversation__in=members).order_by("position"):
            files[file.message_id or 0].append(file.pk)
        rows = [
            Row(
                conversation=message.conversation_id,
                id=message.pk,
                sequence=message.sequence,
                revision=message.revision,
                client_id=message.body.partition(" ")[0],
                sender=message.sender_id,
                removed=message.removed_at is not None,
                withdrawn=message.withdrawn_at is not None,
                face=face.of_row(message, given[message.pk], files[message.pk]),
            )
            for message in messages
        ]
        marks = {
            (mark.conversation_id, mark.user_id): mark.last_read_sequence
            for mark in Participant.objects.filter(conversation__in=members)
        }
        conversations = list(Conversation.objects.filter(pk__in=members))
    finally:
        connection.close()
    newest: dict[tuple[int, bool], int] = defaultdict(int)
    consumers = {conversation.pk: conversation.consumer_id for conversation in conversations}
    for row in rows:
        side = row.sender == consumers[row.conversation]
        newest[row.conversation, side] = max(newest[row.conversation, side], row.sequence)
    unread: dict[int, int] = defaultdict(int)
    for pk, people in members.items():
        for user in people.difference(former):
            heard = newest[pk, user != consumers[pk]]
            unread[user] += heard > marks.get((pk, user), 0)
    for row in rows:
        if row.removed and row.sender in unread:
            unread[row.sender] += 1  # the notice about it, which nobody opens here
    return Truth(
        rows=rows,
        revisions={conversation.pk: conversation.revision for conversation in conversations},
        members=members,
        unread=dict(unread),
    )
