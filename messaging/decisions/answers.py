"""The reports that a decision answers: who works on them, which it closes, whom it notifies."""

from functools import partial

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from messaging.cases import claims
from messaging.models import Case, Decision, Message, Report
from messaging.reports import cases, mails, notices, queries, things
from trato.errors import AlreadyDone
from trato.people import Person

from .ruling import SCOPES, Measure, Ruling

KIND = Case.Kind.REPORT


def lock(actor: Person, people: list[int], ruling: Ruling) -> list[Report]:
    """Lock the open reports that a decision answers, before everything else.

    These are the given report and all others that blame the same side of the same item. When staff
    looked on their own initiative, only two decisions answer reports: removing a message and taking
    a product off sale. They answer all reports of that message or product.

    Raises:
        AlreadyDone: the given report has been closed.
        Claimed: somebody else is working on its case; if staff looked on their own initiative, on
            the case of the message or product, or of one of the people if the decision is about the
            whole account.
        Message.DoesNotExist, Report.DoesNotExist: the report is about something else.
    """
    if ruling.report_id is None:
        return _of_own_look(actor, people, ruling)
    asked = Report.objects.select_related("conversation").get(pk=ruling.report_id)
    if asked.message_id != ruling.message_id:
        raise Message.DoesNotExist("the report is about another message")
    if ruling.product_id is not None and asked.product_id != ruling.product_id:
        raise Report.DoesNotExist("the report is about another product")
    if not {*people} <= {person.pk for person in things.people_behind(asked)}:
        raise Report.DoesNotExist("the report is about somebody else")
    cases.claimed(actor, asked.pk)
    # Leave out closed reports: overturning a decision changes them under the lock of its person.
    reports = _locked(queries.against_same(asked).filter(Q(outcome="") | Q(pk=asked.pk)))
    if closed := next((row for row in reports if row.pk == asked.pk and row.outcome), None):
        text = _("This report has already been closed.")
        raise AlreadyDone(text, closed.resolved_by, closed.resolved_at)
    return reports


def require_free(actor: Person, decision: Decision) -> None:
    """Refuse to overturn a decision if somebody else is working on a case that this would decide.

    Raises:
        Claimed: somebody else is working on the case of the decision's item, or on a case of the
            person if the decision is about the whole account.
    """
    things_of = {"message": decision.message_id, "product": decision.product_id}
    subjects = [f"{kind}:{key}" for kind, key in things_of.items() if key]
    own = Q(kind=KIND, subject__in=subjects)
    claims.require_free(actor, own | _cases_of([decision.person_id], decision))


def notify_reporters(decision: Decision) -> None:
    """Notify the reporters whom the decision answered that it was overturned.

    If several decisions answered the same reports, only overturning the last one notifies them.
    """
    report = decision.report
    if decision.measure == Measure.DISMISS or (report is not None and _is_answered(report)):
        return
    answered = Q(pk=None)
    if report is not None:  # reports closed together have the same time
        same = {"kind": report.kind, "about_id": report.about_id}
        answered |= Q(**same, resolved_at=report.resolved_at)
    if decision.measure == Measure.REMOVE:
        answered |= Q(message=decision.message_id, done=Report.Done.REMOVED)
    if decision.measure == Measure.HIDE and decision.product_id:
        answered |= Q(product=decision.product_id, done=Report.Done.HIDDEN)
    rows = Report.objects.filter(answered, outcome=Report.Outcome.UPHELD)
    for row in rows.select_related("reporter", *things.RELATED).order_by("pk"):
        notices.notify_restored(row)
        if row.visitor_email:
            transaction.on_commit(partial(mails.send_outcome, row), robust=True)


def _is_answered(report: Report) -> bool:
    """Whether a decision that nobody has overturned answers a report."""
    not_overturned = Decision.objects.filter(report=report, overturned_at=None)
    return not_overturned.exclude(measure=Measure.DISMISS).exists()


def _of_own_look(actor: Person, people: list[int], ruling: Ruling) -> list[Report]:
    if ruling.message_id is not None:
        claims.require(actor, KIND, f"message:{ruling.message_id}")
    if ruling.product_id is not None:
        claims.require(actor, KIND, f"product:{ruling.product_id}")
    claims.require_free(actor, _cases_of(people, ruling))
    if ruling.measure == Measure.REMOVE:
        return _locked(Report.objects.filter(message=ruling.message_id, outcome=""))
    if ruling.measure == Measure.HIDE:
        return _locked(Report.objects.filter(product=ruling.product_id, outcome=""))
    return []


def _cases_of(people: list[int], ruling: Ruling | Decision) -> Q:
    """The condition for cases that a decision settles besides that of its message or product."""
    measure = Measure(ruling.measure)
    if measure == Measure.CLOSE:
        return Q(kind=KIND, subject=f"conversation:{ruling.conversation_id}")
    if measure in SCOPES:
        return Q(pk=None)
    shops = [f"shop:{shop}" for person in people for shop in things.owned_shops(person)]
    return Q(kind=KIND) & (Q(person__in=people) | Q(subject__in=shops))


def _locked(rows: QuerySet[Report]) -> list[Report]:
    # Without the people and the message, which are read after the decision has changed them.
    locked = rows.select_related("reporter", "conversation").select_for_update(of=("self",))
    return list(locked.order_by("pk"))
