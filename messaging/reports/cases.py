"""The case of a reported item: one case, however many people report it."""

from collections.abc import Iterable

from django.db.models import F, QuerySet

from messaging.cases.actions import close_case, open_case
from messaging.cases.claims import require
from messaging.models import Case, Report
from trato.people import Person

from . import queries, things

KIND = Case.Kind.REPORT
# How urgent the reasons are; all others are normal.
SEVERITIES = {
    Report.Reason.CHILD_SAFETY: Case.Severity.SEVERE,
    Report.Reason.SCAM: Case.Severity.HIGH,
    Report.Reason.ABUSE: Case.Severity.HIGH,
    Report.Reason.FORBIDDEN: Case.Severity.HIGH,
    Report.Reason.ILLEGAL: Case.Severity.HIGH,
    Report.Reason.SPAM: Case.Severity.LOW,
    Report.Reason.OTHER: Case.Severity.LOW,
}


def subject_of(report: Report) -> str:
    """Return the reported item's name in cases."""
    return f"{report.kind}:{report.about_id}"


def opened(report: Report) -> None:
    """Open a case for a new report, or count the report in an open one; not if it is set aside."""
    if report.is_set_aside:
        return
    report.refresh_from_db(fields=["kind", "about_id"])  # the database has generated them
    conversation = report.message.conversation if report.message else report.conversation
    people = things.people_behind(report)
    open_case(
        KIND,
        subject_of(report),
        severity=SEVERITIES.get(Report.Reason(report.reason), Case.Severity.NORMAL),
        conversation_id=conversation.pk if conversation else None,
        person_id=people[0].pk if people else None,
    )


def claimed(actor: Person, report_id: int) -> None:
    """Refuse an action on a report if somebody else has claimed its case.

    Raises:
        Claimed: somebody else is working on it.
        Report.DoesNotExist: there is no such report.
    """
    require(actor, KIND, subject_of(Report.objects.get(pk=report_id)))


def closed(report: Report) -> None:
    """Close the case of a report that was closed or set aside, once no other report is open.

    Until then, the case is about the person whom the oldest open report blames.
    """
    rest = queries.alike(report).filter(outcome="", is_set_aside=False).order_by("pk").first()
    if rest is None:
        close_case(KIND, subject_of(report))
    elif rest.conversation_id:  # only conversations have two sides
        people = things.people_behind(rest)
        _open(report).update(person=people[0] if people else None)


def lock(reports: Iterable[Report]) -> None:
    """Lock the open cases of several reports, before the reports (see decision 13)."""
    for subject in dict.fromkeys(map(subject_of, reports)):
        cases = Case.objects.filter(kind=KIND, subject=subject, closed_at=None)
        list(cases.select_for_update(no_key=True))


def set_aside(report: Report) -> None:
    """Stop counting a report that was set aside, and close its case if there is no other."""
    _open(report).filter(count__gt=1).update(count=F("count") - 1)
    closed(report)


def _open(report: Report) -> QuerySet[Case]:
    return Case.objects.filter(kind=KIND, subject=subject_of(report), closed_at=None)
