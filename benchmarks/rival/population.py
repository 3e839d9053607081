"""People, conversations and earlier messages for the rival."""

from typing import Any

from django.contrib.auth import get_user_model

from benchmarks.people import HISTORY, sessions_of

from .models import Conversation, Message, Notification


def fill(pairs: int, *, members: int = 1, unread: int = 0) -> list[dict[str, Any]]:
    """Create them; return each conversation with the sessions of its two people."""
    people = get_user_model().objects.bulk_create(
        get_user_model()(username=f"person{number}", password="!") for number in range(2 * pairs)
    )
    conversations = Conversation.objects.bulk_create(Conversation() for _ in range(pairs))
    couples = list(zip(people[::2], people[1::2], strict=True))
    Membership = Conversation.participants.through
    Membership.objects.bulk_create(
        Membership(conversation_id=conversation.pk, user_id=person.pk)
        for conversation, couple in zip(conversations, couples, strict=True)
        for person in couple
    )
    for turn in range(HISTORY):
        messages = Message.objects.bulk_create(
            Message(conversation=conversation, sender=couple[turn % 2], body="Still there?")
            for conversation, couple in zip(conversations, couples, strict=True)
        )
        Notification.objects.bulk_create(
            Notification(recipient=couple[1 - turn % 2], message=message, is_read=True)
            for message, couple in zip(messages, couples, strict=True)
        )
    keys = sessions_of(people)
    return [
        {"conversation": conversation.pk, "cookies": keys[2 * number : 2 * number + 2]}
        for number, conversation in enumerate(conversations)
    ]
