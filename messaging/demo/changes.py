"""Changes to the demo's messages: earlier texts and reactions."""

from collections.abc import Iterable

from messaging.demo.rows import CHANGED_AFTER, Talk
from messaging.models import MessageVersion, Reaction


def store_changes(talks: Iterable[Talk]) -> None:
    """Store earlier texts and reactions.

    Args:
        talks: stored, see `rows.store`.
    """
    said = [
        (talk, line, message)
        for talk in talks
        for line, message in zip(talk.lines, talk.messages, strict=True)
    ]
    MessageVersion.objects.bulk_create(
        MessageVersion(
            message=message,
            number=1,
            body=line.earlier,
            created_at=message.created_at + CHANGED_AFTER,
        )
        for _talk, line, message in said
        if line.earlier
    )
    Reaction.objects.bulk_create(
        Reaction(
            message=message,
            user_id=(talk.shopper if is_shoppers else talk.answering).pk,
            reaction=reaction,
            created_at=message.created_at + 2 * CHANGED_AFTER,
        )
        for talk, line, message in said
        for is_shoppers, reaction in line.reactions
    )
