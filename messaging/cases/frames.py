"""Frames about cases, only to staff who may see cases."""

from collections.abc import Collection

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
    """Somebody works on a case now; nobody, if `name` is empty."""

    case: int
    user: int
    name: str


def listeners(staff_ids: Collection[int]) -> set[int]:
    """Return who of some staff may see cases, as the desk's page asks: they get these frames."""
    allowed = ModelBackend().with_perm(DESK_PERMISSION)
    return set(allowed.filter(pk__in=staff_ids, is_staff=True).values_list("pk", flat=True))


def announce_change(*, severe: bool = False) -> None:
    """Let the desk count again, on commit."""
    _send(DeskChanged(severe))


def announce_claim(case_id: int, actor: Person | None) -> None:
    """Tell the staff who may see cases, on commit, who works on a case."""
    user, name = (actor.pk, host.display_name(actor)) if actor else (0, "")
    _send(CaseClaimed(case_id, user, name))


def _send(frame: Struct) -> None:
    groups.send_on_commit([STAFF_GROUP], {"type": "chat.own", "frame": encode(frame)})
