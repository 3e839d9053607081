"""Send and withdraw announcements, and mark them as read."""

import hashlib
import json
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from trato.audit.actions import record, require_permission, require_reason
from trato.clock import database_now
from trato.errors import AlreadyDone
from trato.people import Person
from trato.retention import ago
from trato.text import is_blank

from . import frames, queries
from .models import Announcement, ReadAnnouncement

MAY_SEND = "notifications.send_announcement"
State = Announcement.State


def version_of(row: Announcement) -> str:
    """Return a digest of what people will see, so that staff send only what they have read."""
    content = json.dumps([row.audience, row.texts, row.link, row.shown_days], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def unfilled(row: Announcement) -> list[str]:
    """Return the names of the languages in which a title or a text is missing."""
    return [
        str(name)
        for code, name in settings.LANGUAGES
        if any(is_blank(part) for part in row.text_in(code))
    ]


@transaction.atomic
def send(actor: Person, announcement_id: int, reason: str, version: str) -> Announcement:
    """Show an announcement to its whole audience.

    Args:
        version: the version that the actor has read, see `version_of`.

    Raises:
        AlreadyDone: it was already sent.
        PermissionDenied: the actor lacks the permission.
        ValidationError: no reason is given, a language is missing, somebody has changed the draft
            since, or `ANNOUNCEMENTS_PER_DAY` have already been sent.
        Announcement.DoesNotExist: there is no such announcement.
    """
    require_permission(actor, MAY_SEND)
    reason = require_reason(reason)
    row = _locked(announcement_id)
    if row.state != State.DRAFT:
        raise AlreadyDone(_("This announcement has already been sent."))
    if version != version_of(row):
        raise ValidationError(
            _("Somebody has changed the announcement since you opened this page. Read it again."),
            code="changed_meanwhile",
        )
    if languages := unfilled(row):
        raise ValidationError(
            _("Title or text is missing in: %(languages)s.") % {"languages": ", ".join(languages)},
            code="unfilled",
        )
    most = settings.ANNOUNCEMENTS_PER_DAY
    if Announcement.objects.filter(sent_at__gt=ago(days=1)).count() >= most:
        text = ngettext(
            "No more than %(most)s announcement can be sent within a day.",
            "No more than %(most)s announcements can be sent within a day.",
            most,
        )
        raise ValidationError(text % {"most": most}, code="rate_limited")
    row.people = queries.people_in(row.audience).count()
    row.people_until = queries.newest_person()
    row.state, row.sent_at = State.SENT, database_now()
    row.expires_at = row.sent_at + timedelta(days=row.shown_days)
    row.save(update_fields=["state", "sent_at", "expires_at", "people", "people_until"])
    about = f"audience: {row.audience}; people: {row.people}; version: {version}"
    record(actor, "announcement.sent", row.audited_as, f"{reason}\n{about}")
    frames.announce_sent(row)
    return row


@transaction.atomic
def withdraw(actor: Person, announcement_id: int, reason: str) -> Announcement:
    """Remove an announcement from everybody's notifications and badges.

    Raises:
        AlreadyDone: it was already withdrawn, or is still a draft.
        PermissionDenied: the actor lacks the permission.
        ValidationError: no reason is given.
        Announcement.DoesNotExist: there is no such announcement.
    """
    require_permission(actor, MAY_SEND)
    reason = require_reason(reason)
    row = _locked(announcement_id)
    if row.state == State.DRAFT:
        raise AlreadyDone(_("This announcement has not been sent."))
    if row.state == State.WITHDRAWN:
        raise AlreadyDone(_("This announcement has already been withdrawn."))
    row.state, row.withdrawn_at = State.WITHDRAWN, database_now()
    row.save(update_fields=["state", "withdrawn_at"])
    record(actor, "announcement.withdrawn", row.audited_as, reason)
    frames.announce_withdrawn(row)
    return row


@transaction.atomic
def mark_read(user: Person, announcement_id: int) -> bool:
    """Mark an announcement as read by a person, in all tabs; return whether it was unread."""
    return bool(_mark_read(user, [*_unread(user).filter(pk=announcement_id)]))


@transaction.atomic
def mark_all_read(user: Person) -> int:
    """Mark all announcements as read by a person; return how many were unread."""
    return _mark_read(user, [*_unread(user)])


def _unread(user: Person) -> QuerySet[Announcement, int]:
    return queries.unread(user.pk).values_list("pk", flat=True)


def _mark_read(user: Person, keys: list[int]) -> int:
    if keys:
        ReadAnnouncement.objects.bulk_create(
            [ReadAnnouncement(person_id=user.pk, announcement_id=pk) for pk in keys],
            ignore_conflicts=True,  # another tab may have been faster
        )
        frames.announce_read(user.pk)
    return len(keys)


def _locked(announcement_id: int) -> Announcement:
    """Lock and return an announcement. Senders take turns, so that the daily limit holds."""
    rows = Announcement.objects.select_for_update(no_key=True)
    rows.order_by("pk").values_list("pk").first()  # every sender locks this row first
    return rows.get(pk=announcement_id)
