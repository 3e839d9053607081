"""Reports for staff to work through: one row per reported item."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.text import Truncator
from django.utils.timesince import timesince
from django.utils.translation import gettext_lazy as _

from messaging.host import host, product_model, shop_model
from messaging.models import Conversation, MutedReporter, Report
from messaging.reports import queries, things
from trato.admin.bases import BoundedPaginator, ReadOnlyAdmin, StaffAdmin, page_link, person_of
from trato.admin.reasons import act_with_reason
from trato.people import columns_of, name_column_of

from . import upholding
from .acting import ACTS, ReportActs, report_of
from .conversations import thread_address

ASIDE = "aside"


class State(admin.SimpleListFilter):
    """Filter by state. By default, show the oldest open report of each item."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*Report.Outcome.choices, (ASIDE, _("Set aside")), ("all", _("All"))]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for value, title in [(None, _("Open")), *self.lookup_choices]:
            address = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == value, "query_string": address, "display": title}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        chosen = self.value()
        if chosen == "all":
            return queryset
        if chosen == ASIDE:
            return queryset.filter(outcome="", is_set_aside=True)
        if chosen in Report.Outcome.values:
            return queryset.filter(outcome=chosen)
        return queryset.filter(queries.oldest_of_each_thing())


class Kind(admin.SimpleListFilter):
    """Filter by what was reported."""

    title = _("what was reported")
    parameter_name = "about"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Report.Kind.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Report]) -> QuerySet[Report]:
        chosen = self.value()
        return queryset.filter(kind=chosen) if chosen in Report.Kind.values else queryset


@admin.register(Report)
class ReportAdmin(ReportActs, ReadOnlyAdmin, StaffAdmin[Report]):
    """Reports to work through, oldest first; each is decided on its own page."""

    list_display = (
        "id", "about", "reported", "reason", "how_many", "reported_by", "was_right", "age",
        "excerpt", "state",
    )  # fmt: skip
    list_display_links = ("id", "reason")
    list_filter = (State, Kind, "reason", "created_at")
    list_select_related = ("reporter", *things.RELATED)
    search_fields = (
        "words", "visitor_email", columns_of("reporter")[0], *columns_of("blamed_person"),
        f"product__{host.product_title_field}", f"blamed_shop__{host.shop_name_field}",
    )  # fmt: skip
    shown_of_others = (
        name_column_of("blamed_person"), f"product__{host.product_title_field}",
        f"blamed_shop__{host.shop_name_field}",
    )  # fmt: skip
    view_on_site = False  # the page is only for the reporter
    paginator = BoundedPaginator
    show_full_result_count = False
    ordering = ("created_at", "pk")
    fields = (
        "about", "reason", "their_words", "reported_by", "was_right", "how_many", "reported",
        "created_at", "state", "done", "resolved_by", "resolved_at",
    )  # fmt: skip
    readonly_fields = (
        "about", "their_words", "reported_by", "was_right", "how_many", "reported", "state",
    )  # fmt: skip

    @admin.display(description=_("about"))
    def about(self, report: Report) -> str:
        return report.kind_text

    @admin.display(description=_("what they wrote"))
    def excerpt(self, report: Report) -> str:
        return Truncator(report.words).chars(80)

    @admin.display(description=_("what they wrote"))
    def their_words(self, report: Report) -> str:
        return report.words

    @admin.display(description=_("open reports"))
    def how_many(self, report: Any) -> int:
        return int(report.alike)

    @admin.display(description=_("reported by"))
    def reported_by(self, report: Report) -> str:
        if report.reporter is not None:
            return page_link(get_user_model(), report.reporter_id, report.reporter)
        who = " ".join([report.visitor_name, report.visitor_email]).strip()
        return _("Visitor: %(who)s") % {"who": who or _("without a name")}

    @admin.display(description=_("was right"))
    def was_right(self, report: Any) -> str:
        """Show how often the reporter has been right so far."""
        if report.reporter is None:
            return ""
        if not report.reporter_decided:
            return str(_("first report"))
        numbers = {"right": report.reporter_right, "decided": report.reporter_decided}
        return _("%(right)s of %(decided)s times") % numbers

    @admin.display(description=_("reported"))
    def reported(self, report: Report) -> str:
        if report.product_id:
            return page_link(product_model(), report.product_id, things.name_of(report))
        if report.shop_id:
            return page_link(shop_model(), report.shop_id, things.name_of(report))
        if report.conversation_id:
            return page_link(Conversation, report.conversation_id, things.name_of(report))
        return page_link(get_user_model(), report.blamed_person_id, report.blamed_person)

    @admin.display(description=_("age"), ordering="created_at")
    def age(self, report: Report) -> str:
        return timesince(report.created_at, depth=1)

    @admin.display(description=_("state"), ordering="outcome")
    def state(self, report: Report) -> str:
        return report.get_outcome_display() or str(_("Open"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Report]:
        rows = super().get_queryset(request)
        return queries.with_counts(rows.select_related("reporter", "resolved_by", *things.RELATED))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Render a report's page: what is reported, and what can be done about it."""
        report, actor = context["original"], person_of(request)
        may_remove = actor.has_perm("messaging.remove_message")
        may_decide = actor.has_perm("messaging.make_decision") and bool(
            things.people_behind(report)
        )
        may_hide = may_decide and bool(report.product_id) and host.may_hide_product(actor)
        is_hidden = bool(report.product_id) and host.is_hidden(report.product)
        reporter = report.reporter_id and may_remove
        is_muted = reporter and MutedReporter.objects.filter(user_id=reporter).exists()
        context |= {
            "thread": thread_address(report.message) if report.message else "",
            "shown_at": things.url_of(report),
            "may_resolve": may_remove and not report.outcome,
            "may_decide": may_decide and not report.outcome,
            "may_look": actor.has_perm("messaging.look_into_conversation"),
            "may_hide": may_hide and not is_hidden,
            "hiding": queries.hiding(report) if may_hide and is_hidden else None,
            "is_hidden": is_hidden,
            "behind": things.people_behind(report),
            "may_mute": reporter and not is_muted,
            "may_unmute": is_muted,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path(
                "<int:report_id>/<str:outcome>/resolve/", wrap(self.resolve), name="report_resolve"
            ),
            *(
                path(f"<int:report_id>/{name}/", wrap(getattr(self, name)), name=f"report_{name}")
                for name in ACTS
            ),
            *super().get_urls(),
        ]

    def resolve(self, request: HttpRequest, report_id: int, outcome: str) -> HttpResponse:
        """Uphold or dismiss a report, with a reason."""
        if outcome not in Report.Outcome.values:
            raise Http404("no such outcome")
        actor, report = person_of(request), report_of(report_id)
        is_upheld = outcome == Report.Outcome.UPHELD
        decide = upholding.upholding if is_upheld else upholding.dismissing
        return act_with_reason(
            request,
            model=Report,
            back=reverse("admin:messaging_report_changelist"),
            allowed=actor.has_perm("messaging.remove_message"),
            about=upholding.about(report),
            **decide(actor, report),
        )
