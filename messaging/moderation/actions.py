"""Handle reports, and look into conversations; all is recorded. `reports` files reports."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from messaging import events
from messaging.cases import claims
from messaging.deletion import forget_if_deleted
from messaging.host import host
from messaging.lanes import actions as lanes
from messaging.message_changes import store_change
from messaging.models import Case, Conversation, Look, Message, Report
from messaging.reports import cases, mails, queries, things
from messaging.reports import notices as report_notices
from messaging.reports.forgetting import forget_deleted
from trato.array_parameters import listed
from trato.audit import queries as audit
from trato.audit.actions import record, require_permission, require_reason
from trato.audit.models import AuditEntry
from trato.errors import AlreadyDone
from trato.people import Person, is_deleted

from .recall_warnings import take_warnings_back


@transaction.atomic
def look(actor: Person, conversation_id: int, reason: str) -> AuditEntry:
    """Record a look, with which a moderator can read a conversation for `STAFF_LOOK_MINUTES`.

    It covers the messages up to now. Both sides see the look later, without its reason and actor,
    see `staff_looks`. If the actor works on a case about the conversation, the look belongs to it.

    Args:
        reason: why; `case:<id>` if it is only for that case.

    Raises:
        PermissionDenied: the actor lacks the permission.
        ValidationError: no reason is given.
        Conversation.DoesNotExist: it does not exist.
    """
    require_permission(actor, "messaging.look_into_conversation")
    reason = require_reason(reason)
    cases = Case.objects.filter(claimed_by=actor.pk, conversation=conversation_id, closed_at=None)
    of_case = {f"case:{case.pk}": case for case in cases.order_by("-pk")}
    case = of_case.get(reason) or next(iter(of_case.values()), None)
    conversation = Conversation.objects.select_for_update(no_key=True).get(pk=conversation_id)
    if not conversation.has_looks:
        Conversation.objects.filter(pk=conversation.pk).update(has_looks=True)
    why = Look.Why(case.kind) if case else Look.Why.OWN
    Look.objects.create(conversation=conversation, case=case, why=why)
    return record(actor, "conversation.looked", f"conversation:{conversation.pk}", reason)


def note_looks(conversation_ids: Collection[int], case_id: int | None) -> None:
    """Show both sides of several conversations later that staff looked.

    Call it inside the transaction of a recorded action that shows their text.

    Args:
        case_id: the case of the report that the action is about; None if it isn't about one.
    """
    why = Look.Why.REPORT if case_id else Look.Why.OWN
    keys = sorted({*conversation_ids})
    unseen = Conversation.objects.filter(pk__in=listed(keys), has_looks=False)
    unseen.update(has_looks=True)
    Look.objects.bulk_create(Look(conversation_id=key, case_id=case_id, why=why) for key in keys)


def looked_into(actor: Person, conversation_id: int) -> tuple[Conversation, AuditEntry | None]:
    """Return a conversation, and the recorded look that lets the actor read it now.

    This writes nothing. Messages sent after the look need another look.

    Raises:
        PermissionDenied: the actor may not look.
        Conversation.DoesNotExist: it does not exist.
    """
    require_permission(actor, "messaging.look_into_conversation")
    related = ("consumer", "shop", "product")
    conversation = Conversation.objects.select_related(*related).get(pk=conversation_id)
    return conversation, audit.last(
        "conversation.looked",
        f"conversation:{conversation.pk}",
        actor=actor,
        within=timedelta(minutes=settings.STAFF_LOOK_MINUTES),
    )


def hide(message: Message) -> None:
    """Hide a message from both sides, inside the transaction of a recorded action.

    Args:
        message: one that is shown, with its conversation, which the caller has locked.
    """
    message.removed_at = timezone.now()
    store_change(message, "removed_at")
    events.excerpt_changed(message, message.body)
    lanes.unsay(message)


def show_again(message: Message) -> bool:
    """Undo `hide`, with the same locks; return False if the text was deleted with an account."""
    conversation = message.conversation
    if is_deleted(message.sender) and _is_over(conversation):
        return False
    message.removed_at = None
    store_change(message, "removed_at")
    later = conversation.messages.filter(side=message.side, sequence__gt=message.sequence)
    if not message.is_hidden and not later.exists():
        events.excerpt_shown_again(message)
    lanes.say_again(message)
    take_warnings_back(message)
    return True


def _is_over(conversation: Conversation) -> bool:
    """Whether a conversation has ended because of a deleted account, regardless of decisions."""
    if is_deleted(conversation.consumer):
        return True
    return not host.keep_open(conversation.shop_id)


@transaction.atomic
def resolve_report(actor: Person, report_id: int, outcome: str, reason: str) -> Report:
    """Close a report as upheld or dismissed, for good, and notify the reporter.

    All other open reports of the same item that blame the same side are closed too, with an audit
    entry each.

    Args:
        outcome: one of `Report.Outcome`.

    Raises:
        AlreadyDone: it was already closed, with either outcome.
        Claimed: somebody else is working on its case.
        PermissionDenied: the actor lacks the permission.
        ValidationError: no reason is given, or the actor reported the item or is responsible for
            it.
        ValueError: the outcome is unknown.
        Report.DoesNotExist: it does not exist.
    """
    require_permission(actor, "messaging.remove_message")
    chosen, reason = Report.Outcome(outcome), require_reason(reason)
    cases.claimed(actor, report_id)
    rows = _locked(report_id)
    report = next(row for row in rows if row.pk == report_id)
    people = things.people_behind(report)
    claims.require_uninvolved(
        actor, [*(row.reporter_id for row in rows), *(person.pk for person in people)]
    )
    if report.outcome:
        is_upheld = report.outcome == Report.Outcome.UPHELD
        raise AlreadyDone(
            gettext("Action has already been taken on this report.")
            if is_upheld
            else gettext("This report has already been closed without action."),
            report.resolved_by,
            report.resolved_at,
        )
    now = timezone.now()
    for row in rows:
        if not row.outcome:
            close(actor, row, chosen, now)
            record(actor, f"report.{row.outcome}", f"report:{row.pk}", reason)
    for person in people:
        forget_if_deleted(person)
    return report


def close(actor: Person, report: Report, outcome: Report.Outcome, now: datetime) -> None:
    """Close a locked, open report and tell its reporter, as part of a recorded action.

    Args:
        now: the time, which is the same for all reports that one action closes.
    """
    report.outcome, report.done = outcome, _done(report, outcome)
    report.resolved_at, report.resolved_by_id = now, actor.pk
    report.save(update_fields=["outcome", "done", "resolved_at", "resolved_by"])
    report_notices.notify_reporter(report)
    if report.visitor_email:
        transaction.on_commit(partial(mails.send_outcome, report), robust=True)
    forget_deleted(report)
    cases.closed(report)


def _locked(report_id: int) -> list[Report]:
    """Return a report and the open reports of the same item, locked in the order of their keys."""
    report = Report.objects.select_related("conversation").get(pk=report_id)
    alike = queries.against_same(report).filter(Q(outcome="") | Q(pk=report_id)).order_by("pk")
    rows = alike.select_related("reporter", *things.RELATED)
    return list(rows.select_for_update(of=("self",)))


def _done(report: Report, outcome: Report.Outcome) -> str:
    """Return what has been done to a reported item, by this decision or before."""
    if report.message and report.message.removed_at:
        return Report.Done.REMOVED
    if report.product_id and host.is_hidden(report.product):
        return Report.Done.HIDDEN
    if report.message or outcome != Report.Outcome.UPHELD:
        return ""
    people = things.people_behind(report)
    is_over = bool(people) and not any(person.is_active for person in people)
    return Report.Done.SUSPENDED if is_over else ""
