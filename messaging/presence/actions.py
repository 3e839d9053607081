"""Store what people choose to show of themselves, and who is there."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.utils import timezone

from messaging.models import LastActive, PresenceChoice
from trato import rate_limits
from trato.array_parameters import listed
from trato.clock import database_now
from trato.people import Person
from trato.realtime import groups
from trato.realtime.sessions import announce_access_changed

# Each process with open conversations joins it, and checks what has changed; see
# `socket.presence_check`.
PRESENCE_GROUP = "presence"
LOOK_AGAIN = {"type": "presence.look"}


@rate_limits.given_back_on_failure
@transaction.atomic
def choose(
    actor: Person, *, shows_read: bool, shows_typing: bool, shows_presence: bool | None = None
) -> bool:
    """Store what the other sides see of the actor; return whether that has changed.

    The actor's own sockets apply it immediately, and the other sides' open pages reload their read
    marks.

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
    """Store that members of shops are there now, with two queries; skip deleted accounts.

    Returns:
        An empty dict: this is the query of a `DataLoader`, which needs no results here.
    """
    now = timezone.now()
    since = now - timedelta(seconds=settings.PRESENCE_SECONDS)
    known = LastActive.objects.filter(user_id__in=listed(user_ids), active_at__gt=since)
    are_known = known.count() == len(user_ids)
    try:
        _store(user_ids, now)
    except IntegrityError:  # an account was deleted meanwhile, which must not hide the others
        people = get_user_model()._default_manager.filter(pk__in=listed(user_ids))
        _store(people.values_list("pk", flat=True), now)
    if not are_known:
        groups.send([PRESENCE_GROUP], LOOK_AGAIN)
    return {}


def _store(user_ids: Iterable[int], now: datetime) -> None:
    LastActive.objects.bulk_create(
        [LastActive(user_id=pk, active_at=now) for pk in sorted(user_ids)],  # consistent lock order
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["active_at"],
    )
