"""Update a person's notifications after an action: unread, read, or muted."""

from collections.abc import Iterable

from messaging.models import SUBJECT_KIND, Conversation, Side
from notifications import actions as notifications
from notifications.models import News
from trato.people import Person


def make_unread(actor: Person, conversations: Iterable[Conversation]) -> set[int]:
    """Make conversations unread for a person; return the IDs of those that weren't unread."""
    changed = notifications.make_unread(actor, [_about(row, actor) for row in conversations])
    if changed:
        notifications.announce_badges([actor.pk])
    return changed


def mark_read(actor: Person, ids: Iterable[int]) -> None:
    """Mark a person's notifications about conversations as read."""
    notifications.mark_many_read(actor, subject_kind=SUBJECT_KIND, subject_ids=list(ids))


def mute(actor: Person, conversations: Iterable[Conversation], *, is_muted: bool) -> None:
    """Leave conversations out of a person's badge, or count them again."""
    news = [_about(row, actor) for row in conversations]
    notifications.mute(actor, news, is_muted=is_muted)


def _about(conversation: Conversation, actor: Person) -> News:
    """Return the news about a conversation; its text is used if there was no news before."""
    side = conversation.side_of(actor.pk)
    return News(
        subject_kind=SUBJECT_KIND,
        subject_id=conversation.pk,
        team_id=conversation.shop_id if side is Side.SELLER else 0,
        title=conversation.counterpart_of(side)[:120],
        url=conversation.get_absolute_url(),
        happened_at=conversation.last_message_at or conversation.created_at,
    )
