"""What people and staff do about unacceptable messages. Every act of staff is recorded."""

from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.text import normalize_newlines
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from messaging import access, events
from messaging.files import actions as files
from messaging.host import host
from messaging.lanes import actions as lanes
from messaging.message_changes import store_change
from messaging.models import NOT_HIDDEN, Conversation, File, Message, Report
from trato import rate_limits
from trato.audit import queries as audit
from trato.audit.actions import record, require_reason
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone, Refused
from trato.people import Person, is_deleted
from trato.text import has_control_characters

from . import notices

REPORT_WORDS_MAX = Report._meta.get_field("words").max_length or 0


@rate_limits.given_back_on_failure
@transaction.atomic
def report(actor: Person, conversation_id: int, sequence: int, reason: str, words: str) -> Report:
    """Report a message of the other side to staff.

    Args:
        reason: one of `Report.Reason`.
        words: a description, which may be empty; at most `REPORT_WORDS_MAX` characters.

    Raises:
        Http404: there is no such message, it is from the actor's own side, or it has been removed
            or withdrawn.
        Refused: `invalid` for the reason or the words, `too_long` for the words, `conflict` if the
            actor has reported the message before with another reason or words, `rate_limited` after
            too many.
    """
    conversation = access.conversation_for(actor, conversation_id)
    other = conversation.side_of(actor.pk).other
    message = conversation.messages.filter(sequence=sequence, side=other, **NOT_HIDDEN).first()
    if message is None:
        raise Http404("no such message to report")
    if reason not in Report.Reason.values:
        raise Refused("invalid", _("Choose one of the reasons."))
    words = normalize_newlines(words).strip()
    if len(words) > REPORT_WORDS_MAX:
        raise Refused("too_long", _("That is too long for a report. Please shorten it."))
    if has_control_characters(words, allowed="\n\t"):
        raise Refused("invalid", _("The message contains characters that can't be shown."))
    report, created = Report.objects.get_or_create(
        message=message, reporter_id=actor.pk, defaults={"reason": reason, "words": words}
    )
    if created:
        rate_limits.hit("REPORTS_PER_HOUR", actor.pk)
    elif (report.reason, report.words) != (reason, words):
        raise Refused("conflict", _("You've already reported this message."))
    return report


@transaction.atomic
def look(actor: Person, conversation_id: int) -> AuditEntry:
    """Record that a moderator looks into a conversation up to now, for `STAFF_LOOK_MINUTES`.

    Raises:
        PermissionDenied: the actor lacks the permission.
        Conversation.DoesNotExist: it does not exist.
    """
    _require(actor, "messaging.look_into_conversation")
    conversation = Conversation.objects.get(pk=conversation_id)
    return record(actor, "conversation.looked", f"conversation:{conversation.pk}")


def looked_into(actor: Person, conversation_id: int) -> tuple[Conversation, AuditEntry | None]:
    """Return a conversation, and the recorded look that lets the actor read it now.

    Writes nothing. Messages after the look need another one.

    Raises:
        PermissionDenied: the actor may not look.
        Conversation.DoesNotExist: it does not exist.
    """
    _require(actor, "messaging.look_into_conversation")
    related = ("consumer", "shop", "product")
    conversation = Conversation.objects.select_related(*related).get(pk=conversation_id)
    return conversation, audit.last(
        "conversation.looked",
        f"conversation:{conversation.pk}",
        actor=actor,
        within=timedelta(minutes=settings.STAFF_LOOK_MINUTES),
    )


@transaction.atomic
def remove_message(
    actor: Person, message_id: int, reason: str, rule: str = Report.Reason.OTHER
) -> Message:
    """Hide a message from both sides, and notify its sender. Staff can still read it.

    Args:
        reason: for the audit trail only.
        rule: one of `Report.Reason`; the notice to the sender says which rule was broken.

    Raises:
        AlreadyDone: it has been removed before.
        PermissionDenied: the actor lacks the permission.
        ValidationError: no reason is given.
        ValueError: the rule is unknown.
        Message.DoesNotExist: it does not exist.
    """
    _require(actor, "messaging.remove_message")
    chosen, reason = Report.Reason(rule), require_reason(reason)
    conversation_id = Message.objects.get(pk=message_id).conversation_id
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    message = Message.objects.select_related("sender").get(pk=message_id)
    message.conversation = conversation
    subject = f"message:{message.pk}"
    if message.removed_at:
        before = audit.last("message.removed", subject)
        raise AlreadyDone(
            gettext("This message has already been removed."),
            before and before.actor,
            message.removed_at,
        )
    message.removed_at = timezone.now()
    store_change(message, "removed_at")
    events.excerpt_changed(message, message.body)
    notices.tell_sender(message, chosen)
    lanes.unsay(message)
    record(actor, "message.removed", subject, reason)
    return message


@transaction.atomic
def resolve_report(actor: Person, report_id: int, outcome: str, reason: str) -> Report:
    """Close a report as upheld or dismissed, for good, and notify the reporter.

    Args:
        outcome: one of `Report.Outcome`.

    Raises:
        AlreadyDone: it has been closed before, with either outcome.
        PermissionDenied: the actor lacks the permission.
        ValidationError: no reason is given.
        ValueError: the outcome is unknown.
        Report.DoesNotExist: it does not exist.
    """
    _require(actor, "messaging.remove_message")
    chosen, reason = Report.Outcome(outcome), require_reason(reason)
    report = Report.objects.select_for_update().get(pk=report_id)
    if report.outcome:
        is_upheld = report.outcome == Report.Outcome.UPHELD
        raise AlreadyDone(
            gettext("Action has already been taken on this report.")
            if is_upheld
            else gettext("This report has already been closed without action."),
            report.resolved_by,
            report.resolved_at,
        )
    report.outcome = chosen
    report.resolved_at, report.resolved_by_id = timezone.now(), actor.pk
    report.save(update_fields=["outcome", "resolved_at", "resolved_by"])
    if not is_deleted(report.reporter):
        notices.tell_reporter(report)
    record(actor, f"report.{report.outcome}", f"report:{report.pk}", reason)
    _forget_deleted(report)
    return report


@transaction.atomic
def uphold(
    actor: Person, report_id: int, reason: str, *, rule: str = "", suspend: bool = False
) -> Report:
    """Close a report as upheld, together with what is done about it.

    What somebody else has done meanwhile is fine: it is done.

    Args:
        rule: if given, the message is removed; see `remove_message`.
        suspend: whether to suspend the sender.

    Raises:
        AlreadyDone: the report has been closed before; then nothing is done.
        PermissionDenied, ValidationError, ValueError: as for each of the acts.
    """
    # Locked before the person and the conversation: docs/decisions/0013-lock-order.md.
    report = Report.objects.select_for_update().get(pk=report_id)
    if not report.outcome:
        if suspend:
            with suppress(AlreadyDone):
                host.suspend(actor, report.message.sender_id, reason)
        if rule:
            with suppress(AlreadyDone):
                remove_message(actor, report.message_id, reason, rule)
    return resolve_report(actor, report_id, Report.Outcome.UPHELD, reason)


def _forget_deleted(report: Report) -> None:
    """Empty the words of people who have deleted their account while the report was open."""
    if is_deleted(report.reporter):
        Report.objects.filter(pk=report.pk).update(words="")
    others = Report.objects.filter(message=report.message_id, outcome="").exclude(pk=report.pk)
    message = report.message
    is_gone = is_deleted(message.sender) and message.conversation.ended_at is not None
    if is_gone and not others.exists():
        Message.objects.filter(pk=message.pk).update(body="")
        files.delete(File.objects.filter(message=message.pk))
        message.versions.all().delete()


def _require(actor: Person, permission: str) -> None:
    if not (actor.is_active and actor.is_staff and actor.has_perm(permission)):
        raise PermissionDenied(permission)  # only for the log
