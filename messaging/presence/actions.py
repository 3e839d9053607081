"""Choose what to show of oneself, and note who is there."""

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from messaging.models import LastActive, PresenceChoice
from trato import rate_limits
from trato.clock import database_now
from trato.listed import listed
from trato.people import Person
from trato.realtime import groups
from trato.realtime.sessions import announce_access_changed

# Each process with open conversations is in it, and looks what has changed; see `messaging.watch`.
PRESENCE_GROUP = "presence"
LOOK_AGAIN = {"type": "presence.look"}


@rate_limits.given_back_on_failure
@transaction.atomic
def choose(
    actor: Person, *, shows_read: bool, shows_typing: bool, shows_presence: bool | None = None
) -> bool:
    """Choose what the other sides see of oneself; return whether that is something else now.

    The person's own sockets act on it at once, and open pages of other sides load their read marks
    again.

    Args:
        shows_presence: None keeps it as it is, for people who aren't asked.

    Raises:
        Refused: `rate_limited` after too many changes.
    """
    row = PresenceChoice.objects.select_for_update(no_key=True).filter(
        user_id=actor.pk
    ).first() or PresenceChoice(user_id=actor.pk)
    before = row.hides_read, row.hides_typing, row.hides_presence
    hides_presence = row.hides_presence if shows_presence is None else not shows_presence
    after = not shows_read, not shows_typing, hides_presence
    if before == after:
        return False
    rate_limits.hit("PRESENCE_CHOICES_PER_HOUR", actor.pk)
    PresenceChoice.objects.update_or_create(
        user_id=actor.pk,
        defaults={
            "hides_read": after[0],
            "hides_typing": after[1],
            "hides_presence": after[2],
            "changed_at": database_now(),
        },
    )
    announce_access_changed(actor.pk)
    groups.send_on_commit([PRESENCE_GROUP], LOOK_AGAIN)
    return True


def note_active(user_ids: Sequence[int]) -> dict[int, None]:
    """Store that some members of shops are there now, with two queries.

    Returns:
        Nothing for anybody: it is the query of a `DataLoader`.
    """
    now = timezone.now()
    since = now - timedelta(seconds=settings.PRESENCE_SECONDS)
    known = LastActive.objects.filter(user_id__in=listed(user_ids), active_at__gt=since)
    are_known = known.count() == len(user_ids)
    LastActive.objects.bulk_create(
        [LastActive(user_id=pk, active_at=now) for pk in sorted(user_ids)],  # one order of locks
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["active_at"],
    )
    if not are_known:
        groups.send([PRESENCE_GROUP], LOOK_AGAIN)
    return {}
