"""Reports, for staff to work through."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.text import Truncator
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from messaging.host import host
from messaging.models import Report
from messaging.moderation import actions as moderation
from messaging.moderation.forms import UpholdForm
from trato.admin.bases import ReadOnlyAdmin, StaffAdmin, page_link, person_of
from trato.admin.reasons import act_with_reason
from trato.people import Person, columns_of, name_column_of

from .conversations import thread_address


class State(admin.SimpleListFilter):
    """Filter by state; shows open reports by default."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*Report.Outcome.choices, ("all", _("All"))]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for value, title in [(None, _("Open")), *self.lookup_choices]:
            address = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == value, "query_string": address, "display": title}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        chosen = self.value()
        return queryset if chosen == "all" else queryset.filter(outcome=chosen or "")


@admin.register(Report)
class ReportAdmin(ReadOnlyAdmin, StaffAdmin[Report]):
    """Reports to work through, oldest first; each is decided on its own page."""

    list_display = ("id", "reason", "excerpt", "reporter", "reported", "age", "state")
    list_display_links = ("id", "reason")
    list_filter = (State, "reason", "created_at")
    list_select_related = ("reporter", "message__sender")
    search_fields = (
        "words", columns_of("reporter")[0], *columns_of("message__sender")
    )  # fmt: skip
    shown_of_others = (name_column_of("message__sender"),)
    date_hierarchy = "created_at"
    ordering = ("created_at", "pk")
    fields = (
        "reason", "their_words", "reporter", "reported", "created_at", "state", "resolved_by",
        "resolved_at",
    )  # fmt: skip
    readonly_fields = ("their_words", "reported", "state")

    @admin.display(description=_("what they wrote"))
    def excerpt(self, report: Report) -> str:
        return Truncator(report.words).chars(80)

    @admin.display(description=_("what they wrote"))
    def their_words(self, report: Report) -> str:
        return report.words

    @admin.display(description=_("reported person"), ordering=name_column_of("message__sender"))
    def reported(self, report: Report) -> str:
        return page_link(get_user_model(), report.message.sender_id, report.message.sender)

    @admin.display(description=_("age"), ordering="created_at")
    def age(self, report: Report) -> str:
        return timesince(report.created_at, depth=1)

    @admin.display(description=_("state"), ordering="outcome")
    def state(self, report: Report) -> str:
        return report.get_outcome_display() or str(_("Open"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        related = ("reporter", "message__sender", "message__conversation", "resolved_by")
        return super().get_queryset(request).select_related(*related)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Render the page of one report: the reported message, and what can be done about it."""
        report, actor = context["original"], person_of(request)
        may_remove = actor.has_perm("messaging.remove_message")
        sender = report.message.sender
        may_switch = host.may_suspend(actor, sender)
        context |= {
            "back_here": urlencode({"next": request.path}),
            "thread": thread_address(report.message),
            "may_resolve": may_remove and not report.outcome,
            "may_look": actor.has_perm("messaging.look_into_conversation"),
            "may_remove": may_remove and not report.message.removed_at,
            "may_suspend": may_switch and sender.is_active,
            "may_restore": may_switch and not sender.is_active,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        resolve = self.admin_site.admin_view(self.resolve)
        suspend, restore = map(self.admin_site.admin_view, (self.suspend, self.restore))
        return [
            path("<int:report_id>/<str:outcome>/resolve/", resolve, name="report_resolve"),
            path("<int:report_id>/suspend/", suspend, name="report_suspend"),
            path("<int:report_id>/restore/", restore, name="report_restore"),
            *super().get_urls(),
        ]

    def suspend(self, request: HttpRequest, report_id: int) -> HttpResponse:
        """Suspend the sender of the reported message, with a reason."""
        then = gettext(
            "They can't log in, read or write until somebody restores the account. The report "
            "stays open."
        )
        return self._switch(request, report_id, gettext("Suspend the sender"), host.suspend, then)

    def restore(self, request: HttpRequest, report_id: int) -> HttpResponse:
        """Restore the account of a suspended sender, with a reason."""
        return self._switch(request, report_id, gettext("Restore the sender"), host.restore)

    def _switch(
        self,
        request: HttpRequest,
        report_id: int,
        title: str,
        act: Callable[[Person, int, str], object],
        consequences: str = "",
    ) -> HttpResponse:
        actor = person_of(request)
        report = get_object_or_404(Report.objects.select_related("message__sender"), pk=report_id)
        sender = report.message.sender
        return act_with_reason(
            request,
            title,
            [lambda reason: act(actor, sender.pk, reason)],
            model=Report,
            back=reverse("admin:messaging_report_change", args=[report_id]),
            allowed=self.has_view_permission(request, report) and host.may_suspend(actor, sender),
            about=host.display_name(sender),
            consequences=consequences,
        )

    def resolve(self, request: HttpRequest, report_id: int, outcome: str) -> HttpResponse:
        """Uphold or dismiss a report, with a reason."""
        if outcome not in Report.Outcome.values:
            raise Http404("no such outcome")
        actor = person_of(request)
        report = get_object_or_404(Report.objects.select_related("message__sender"), pk=report_id)
        decide = self._uphold if outcome == Report.Outcome.UPHELD else self._dismiss
        return act_with_reason(
            request,
            model=Report,
            back=reverse("admin:messaging_report_changelist"),
            allowed=actor.has_perm("messaging.remove_message"),
            about=f"{report.get_reason_display()} – {host.display_name(report.message.sender)}",
            **decide(actor, report),
        )

    def _dismiss(self, actor: Person, report: Report) -> dict[str, Any]:
        return {
            "title": gettext("Close this report without action"),
            "consequences": gettext(
                "The message stays. The person who reported it reads that you found nothing "
                "against the rules."
            ),
            "acts": [
                partial(moderation.resolve_report, actor, report.pk, Report.Outcome.DISMISSED)
            ],
        }

    def _uphold(self, actor: Person, report: Report) -> dict[str, Any]:
        message = report.message

        def uphold(
            reason: str, *, remove: bool = False, rule: str = "", suspend: bool = False
        ) -> None:
            rule = rule or Report.Reason.OTHER
            moderation.uphold(
                actor, report.pk, reason, rule=rule if remove else "", suspend=suspend
            )

        return {
            "title": gettext("Take action on this report"),
            "consequences": gettext(
                "Choose what you do about it. This closes the report, and the person who reported "
                "it reads that you took action. If you have acted already, choose nothing more."
            ),
            "acts": [uphold],
            "form_class": partial(
                UpholdForm,
                may_remove=not message.removed_at,
                may_suspend=host.may_suspend(actor, message.sender) and message.sender.is_active,
            ),
            "initial": {"remove": True, "rule": report.reason},
        }
