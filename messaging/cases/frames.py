"""Frames about cases, only for staff who may see cases."""

from collections.abc import Mapping

from django.contrib.auth.backends import ModelBackend
from msgspec import Struct

from messaging.access import STAFF_GROUP
from messaging.host import host
from trato.people import Person
from trato.realtime import groups
from trato.realtime.frames import encode

DESK_PERMISSION = "messaging.view_case"


class DeskChanged(Struct, tag="desk.changed"):
    """A case was opened or closed. `severe`: a severe one was opened."""

    severe: bool


class CaseClaimed(Struct, tag="case.claimed"):
    """Somebody is working on a case now; nobody any more if `name` is empty."""

    case: int
    user: int
    name: str


class CaseChanged(Struct, tag="case.changed"):
    """The person a case is about has a new name."""

    case: int


def listeners(people: Mapping[str, Person]) -> set[str]:
    """Return the staff sessions that get these frames: those that may open the desk's page.

    Args:
        people: who is logged in, by session key.
    """
    ids = {user.pk for user in people.values()}
    able = ModelBackend().with_perm(DESK_PERMISSION).filter(pk__in=ids, is_staff=True)
    allowed = set(able.values_list("pk", flat=True))
    return host.staff_sessions({key: user for key, user in people.items() if user.pk in allowed})


def announce_change(*, severe: bool = False) -> None:
    """Make the desk's open pages count the cases again, on commit."""
    _send(DeskChanged(severe))


def announce_claim(case_id: int, actor: Person | None) -> None:
    """On commit, tell the staff who may see cases who is working on a case."""
    user, name = (actor.pk, host.display_name(actor)) if actor else (0, "")
    _send(CaseClaimed(case_id, user, name))


def announce_renamed(case_id: int) -> None:
    """Make open pages show the new name of a case's person, on commit."""
    _send(CaseChanged(case_id))


def _send(frame: Struct) -> None:
    groups.send_on_commit([STAFF_GROUP], {"type": "chat.own", "frame": encode(frame)})
