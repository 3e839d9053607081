"""Queries for what people hide, who has changed that, and which shops are there."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from messaging.host import host
from messaging.models import LastActive, Participant, PresenceChoice
from trato.array_parameters import listed
from trato.people import Person


@dataclass(frozen=True)
class Hidden:
    """A person's hidden activities, see `PresenceChoice`."""

    read: bool = False
    typing: bool = False
    presence: bool = False

    @classmethod
    def of(cls, row: PresenceChoice) -> "Hidden":
        return cls(row.hides_read, row.hides_typing, row.hides_presence)


NOTHING_HIDDEN = Hidden()


def hidden_by(user_ids: Iterable[int]) -> dict[int, Hidden]:
    """Return what several people hide, with one query. People who hide nothing may be missing."""
    rows = PresenceChoice.objects.filter(user_id__in=listed(user_ids))
    return {row.user_id: Hidden.of(row) for row in rows}


def hidden_by_one(user: Person) -> Hidden:
    """Return what one person hides."""
    return hidden_by([user.pk]).get(user.pk, NOTHING_HIDDEN)


def hides_read(user_id: int) -> bool:
    """Whether a person hides how far they have read. `sql.hides_read` is the same."""
    return PresenceChoice.objects.filter(user_id=user_id, hides_read=True).exists()


def shops_there(shop_ids: Collection[int]) -> set[int]:
    """Return the given shops that have a member who is there and doesn't hide it."""
    if not shop_ids:
        return set()
    since = timezone.now() - timedelta(seconds=settings.PRESENCE_SECONDS)
    hiding = PresenceChoice.objects.filter(hides_presence=True).values("user_id")
    there = LastActive.objects.filter(active_at__gt=since).exclude(user_id__in=hiding)
    members = host.active_members().filter(shop_id__in=listed(shop_ids)).order_by()
    rows = members.filter(user_id__in=there.values("user_id"))
    return set(rows.values_list("shop_id", flat=True).distinct())


def changed_since(time: datetime) -> dict[int, datetime]:
    """Return who has changed what they show since a time, and when."""
    rows = PresenceChoice.objects.filter(changed_at__gt=time)
    return dict(rows.values_list("user_id", "changed_at"))


def sides_of(user_ids: Collection[int], conversation_ids: Collection[int]) -> set[tuple[int, str]]:
    """Return the given conversations that these people have read, each with the reader's side.

    Conversations with a block are left out: there, the other side sees nothing of a person.
    """
    rows = Participant.objects.filter(
        user_id__in=listed(user_ids),
        conversation_id__in=listed(conversation_ids),
        conversation__blocked_by="",
    )
    return set(rows.values_list("conversation_id", "side"))
