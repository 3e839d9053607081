"""Actions on a report that don't close it. Each action asks for a reason."""

from collections.abc import Callable
from functools import partial

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext

from messaging.host import host
from messaging.models import Report
from messaging.reports import ignored_reporters, things
from trato.admin.bases import person_of
from trato.admin.reasons import act_with_reason
from trato.people import Person

ACTS = ("mute", "unmute")


class ReportActs:
    """The pages of `ACTS`, for the admin of reports."""

    has_view_permission: Callable[..., bool]

    def mute(self, request: HttpRequest, report_id: int) -> HttpResponse:
        """Set the reporter's reports aside, with a reason."""
        then = gettext(
            "Open and later reports of this person are kept, but they are not on the list of open "
            "ones. The person isn't told."
        )
        return self._reporter(
            request, report_id, gettext("Mute this reporter"), ignored_reporters.mute, then
        )

    def unmute(self, request: HttpRequest, report_id: int) -> HttpResponse:
        """Put the reporter's reports back on the list, with a reason."""
        title = gettext("Stop muting this reporter")
        return self._reporter(request, report_id, title, ignored_reporters.unmute)

    def _reporter(
        self,
        request: HttpRequest,
        report_id: int,
        title: str,
        act: Callable[[Person, int, str], object],
        consequences: str = "",
    ) -> HttpResponse:
        actor, report = person_of(request), report_of(report_id)
        if report.reporter is None:
            raise Http404("a visitor's report")
        return self._act(
            request,
            report,
            title,
            [partial(_on_person, act, actor, report.reporter.pk)],
            allowed=ignored_reporters.may_mute(actor),
            about=host.display_name(report.reporter),
            consequences=consequences,
        )

    def _act(
        self,
        request: HttpRequest,
        report: Report,
        title: str,
        acts: list[Callable[..., object]],
        *,
        allowed: bool,
        about: str,
        consequences: str = "",
    ) -> HttpResponse:
        return act_with_reason(
            request,
            title,
            acts,
            model=Report,
            back=reverse("admin:messaging_report_change", args=[report.pk]),
            allowed=self.has_view_permission(request, report) and allowed,
            about=about,
            consequences=consequences,
        )


def report_of(report_id: int) -> Report:
    rows = Report.objects.select_related("reporter", *things.RELATED)
    return get_object_or_404(rows, pk=report_id)


def _on_person(
    act: Callable[[Person, int, str], object], actor: Person, person_id: int, reason: str
) -> object:
    return act(actor, person_id, reason)
