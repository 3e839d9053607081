"""Read what the database contains at the end, see `truth`."""

from collections import Counter, defaultdict
from collections.abc import Collection

from django.db import connection

from messaging.models import (
    DECISION_KIND,
    Case,
    Conversation,
    Decision,
    File,
    HeldMessage,
    Message,
    Participant,
    Reaction,
)
from notifications.models import News
from trato.audit.models import AuditEntry

from . import face
from .review import client_id_of
from .truth import HeldRow, Row, Truth


def read(members: dict[int, set[int]], former: Collection[int] = ()) -> Truth:
    """Read the truth about the conversations that are keys of `members`.

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
        held = read_held(members)
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
    for message in held:
        if message.sender in unread:
            unread[message.sender] += message.notices
    return Truth(
        rows=rows,
        revisions={conversation.pk: conversation.revision for conversation in conversations},
        members=members,
        unread=dict(unread),
        held=held,
    )


def read_held(members: Collection[int]) -> list[HeldRow]:
    """Read the messages that are or were held in some conversations, with what belongs to them."""
    rows = list(HeldMessage.objects.filter(conversation__in=members).order_by("pk"))
    subjects = [row.subject for row in rows]
    rejected = Decision.objects.filter(held__in=rows, measure="reject")
    of = {pk: held_id for pk, held_id in rejected.values_list("pk", "held") if held_id}
    rejections = {f"decision:{pk}": f"held_message:{held_id}" for pk, held_id in of.items()}
    entries = AuditEntry.objects.filter(subject__in=[*subjects, *rejections])
    news = News.objects.filter(subject_kind=DECISION_KIND, subject_id__in=[*of])
    opened = Case.objects.filter(kind=Case.Kind.HELD, subject__in=subjects)
    decisions = Counter(
        rejections.get(subject, subject) for subject in entries.values_list("subject", flat=True)
    )
    cases = Counter(opened.values_list("subject", flat=True))
    open_cases = Counter(opened.filter(closed_at=None).values_list("subject", flat=True))
    notices = Counter(of[key] for key in news.values_list("subject_id", flat=True))
    return [
        HeldRow(
            conversation=row.conversation_id,
            client_id=client_id_of(row),
            sender=row.sender_id,
            suspicious=bool(row.reason),
            state=row.state,
            rejected=row.pk in of.values(),
            entries=decisions[subject],
            notices=notices[row.pk],
            cases=cases[subject],
            open_cases=open_cases[subject],
        )
        for row, subject in zip(rows, subjects, strict=True)
    ]
