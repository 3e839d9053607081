"""Staff mute people who abuse reports: their reports are accepted and set aside."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext

from messaging.models import MutedReporter, Report
from trato.array_parameters import listed
from trato.audit import queries as audit
from trato.audit.actions import record, require_reason
from trato.errors import AlreadyDone
from trato.people import Person

from . import cases, things
from .forgetting import forget_deleted

PERMISSION = "messaging.remove_message"


def may_mute(actor: Person) -> bool:
    """Whether a staff member may mute reporters."""
    return actor.is_active and actor.is_staff and actor.has_perm(PERMISSION)


@transaction.atomic
def mute(actor: Person, reporter_id: int, reason: str) -> None:
    """Set a person's open and later reports aside. The person isn't told.

    If a case has no other open reports, this closes it, even if a colleague is working on it.

    Raises:
        AlreadyDone: the person is already muted.
        PermissionDenied: see `may_mute`.
        ValidationError: no reason is given.
    """
    reason = _checked(actor, reason)
    _row, is_new = MutedReporter.objects.get_or_create(user_id=reporter_id)
    subject = f"user:{reporter_id}"
    if not is_new:
        before = audit.last("reporter.muted", subject)
        raise AlreadyDone(
            gettext("Reports of this person are already set aside."),
            before.actor if before else None,
            before.created_at if before else None,
        )
    for row in _turn(reporter_id, is_set_aside=True):
        cases.set_aside(row)
        forget_deleted(row)
    record(actor, "reporter.muted", subject, reason)


@transaction.atomic
def unmute(actor: Person, reporter_id: int, reason: str) -> None:
    """Put a person's open reports back on the list, and into cases.

    Raises the same exceptions as `mute`.
    """
    reason = _checked(actor, reason)
    deleted, _models = MutedReporter.objects.filter(user_id=reporter_id).delete()
    if not deleted:
        raise AlreadyDone(gettext("Reports of this person are not set aside."))
    for row in _turn(reporter_id, is_set_aside=False):
        cases.opened(row)
    record(actor, "reporter.unmuted", f"user:{reporter_id}", reason)


def _turn(reporter_id: int, *, is_set_aside: bool) -> list[Report]:
    """Set a person's open reports aside, or put them back; return those that changed."""
    rows = Report.objects.filter(reporter_id=reporter_id, outcome="")
    rows = rows.exclude(is_set_aside=is_set_aside).order_by("kind", "about_id")
    cases.lock(rows)  # before the reports: docs/decisions/0013-lock-order.md
    locked = rows.select_related("reporter", *things.RELATED).select_for_update(of=("self",))
    changed = list(locked.order_by("pk"))
    keys = [row.pk for row in changed]
    Report.objects.filter(pk__in=listed(keys)).update(is_set_aside=is_set_aside)
    for row in changed:
        row.is_set_aside = is_set_aside
    return changed


def _checked(actor: Person, reason: str) -> str:
    if not may_mute(actor):
        raise PermissionDenied(PERMISSION)  # only for the log
    return require_reason(reason)
