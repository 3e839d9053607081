"""A person's own reports, and how often reporters were right."""

from typing import Any, NamedTuple

from django.conf import settings
from django.db.models import Exists, Func, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.http import Http404

from messaging.host import host
from messaging.models import Decision, Report
from trato.pagination import Cursor, Page, PageRequest, ordered, page
from trato.people import Person

from . import outcomes, things


class Receipt(NamedTuple):
    """A report, as its author sees it."""

    report: Report
    name: str
    kind: str
    code: str
    text: str


def receipt_of(report: Report) -> Receipt:
    """Return what a report's author reads about it."""
    name, code = things.name_for_reporter(report), outcomes.code_of(report)
    text = outcomes.text_of(report.kind, name, code)
    return Receipt(report, name, report.kind_text, code, text)


def page_about(report: Report) -> dict[str, Any]:
    """Return what a report's page shows its author."""
    is_decided = bool(report.outcome)
    return {
        "receipt": receipt_of(report),
        "title": outcomes.title_of(outcomes.code_of(report)),
        "url": things.url_of(report) if _is_shown(report) else "",
        "objection": outcomes.objection() if is_decided else "",
    }


def _is_shown(report: Report) -> bool:
    """Whether the reported item still has a page that its reporter can see."""
    if report.message:
        return not report.message.is_hidden
    return not report.product_id or host.is_available(report.product)


def page_of(person: Person, wanted: PageRequest) -> Page[Any]:
    """Return a page of a person's own reports, newest first."""
    rows = Report.objects.filter(reporter_id=person.pk).select_related(*things.RELATED)

    def read(start: PageRequest, limit: int) -> list[Any]:
        return list(ordered(rows, start, time="created_at")[:limit])

    return page(
        read, lambda row: Cursor(row.created_at, row.pk), wanted, settings.CONVERSATION_PAGE_SIZE
    )


def own(person: Person, report_id: int) -> Report:
    """Return one of a person's own reports; raise Http404 for other people's reports."""
    rows = Report.objects.filter(reporter_id=person.pk).select_related(*things.RELATED)
    row = rows.filter(pk=report_id).first()
    if row is None:
        raise Http404("no such report")
    return row


def alike(report: Any) -> QuerySet[Report]:
    """Return all reports of the same item; for a subquery, `report` is the class `OuterRef`."""
    kind, about_id = (
        (OuterRef("kind"), OuterRef("about_id"))
        if report is OuterRef
        else (report.kind, report.about_id)
    )
    return Report.objects.filter(kind=kind, about_id=about_id)


def against_same(report: Report) -> QuerySet[Report]:
    """Return all reports of the same item that blame the same side of it.

    The two sides of a conversation report each other; everything else has one side.
    """
    return alike(report).filter(blamed_person=report.blamed_person_id)


def oldest_of_each_thing() -> Combinable:
    """Return the condition for each item's oldest open report, without reports set aside."""
    open_ones = alike(OuterRef).filter(outcome="", is_set_aside=False)
    older = open_ones.filter(
        Q(created_at__lt=OuterRef("created_at"))
        | Q(created_at=OuterRef("created_at"), pk__lt=OuterRef("pk"))
    )
    return Q(outcome="", is_set_aside=False) & ~Exists(older)


def with_counts(rows: QuerySet[Report]) -> QuerySet[Report]:
    """Add how many open reports there are of the same item, and how often reporters were right.

    Returns:
        The rows with `alike`, and with `reporter_right` and `reporter_decided`: how many of the
        reporter's reports were upheld and not undone, and how many were decided.
    """
    own = Report.objects.filter(reporter=OuterRef("reporter")).exclude(outcome="")
    return rows.annotate(
        alike=_count(alike(OuterRef).filter(outcome="")),
        reporter_decided=_count(own),
        reporter_right=_count(own.filter(upheld())),
    )


def hiding(report: Report) -> Decision | None:
    """Return a decision that took a reported product off sale; each owner has one."""
    rows = Decision.objects.filter(measure=Decision.Measure.HIDE, overturned_at=None)
    return rows.filter(product=report.product_id).order_by("pk").first()


def upheld() -> Q:
    """Return the condition for reports that were right: staff acted, and did not undo it."""
    return Q(outcome=Report.Outcome.UPHELD) & ~Q(done=Report.Done.RESTORED)


def _count(rows: QuerySet[Report]) -> Coalesce:
    # Not an aggregate, which would group the rows by their own key.
    counted = rows.order_by().annotate(total=Func("pk", function="COUNT")).values("total")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
