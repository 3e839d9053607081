"""Appeals for staff to work through; each is decided on its own page."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.text import Truncator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from messaging.decisions import statement
from messaging.host import host
from messaging.models import Appeal, Decision
from trato.admin.bases import ReadOnlyAdmin, StaffAdmin, page_link, person_of
from trato.admin.reasons import act_with_reason
from trato.people import columns_of, name_column_of

from . import actions
from .forms import OutcomeForm


class State(admin.SimpleListFilter):
    """Filter by state; shows open appeals by default."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [*Appeal.Outcome.choices, ("all", _("All"))]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for value, title in [(None, _("Open")), *self.lookup_choices]:
            address = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == value, "query_string": address, "display": title}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Appeal]) -> QuerySet[Appeal]:
        chosen = self.value()
        return queryset if chosen == "all" else queryset.filter(outcome=chosen or "")


@admin.register(Appeal)
class AppealAdmin(ReadOnlyAdmin, StaffAdmin[Appeal]):
    """Appeals to work through, oldest first."""

    list_display = ("id", "measure", "who", "excerpt", "created_at", "state")
    list_display_links = ("id", "measure")
    list_filter = (State, "created_at")
    list_select_related = ("decision__person",)
    search_fields = ("words", *columns_of("decision__person"))
    shown_of_others = (name_column_of("decision__person"),)
    date_hierarchy = "created_at"
    ordering = ("created_at", "pk")
    fields = ("words", "who", "created_at", "state", "answer", "decided_by", "decided_at")
    readonly_fields = ("who", "state")

    @admin.display(description=_("measure"))
    def measure(self, appeal: Appeal) -> str:
        return appeal.decision.get_measure_display()

    @admin.display(description=_("person"), ordering=name_column_of("decision__person"))
    def who(self, appeal: Appeal) -> str:
        person = appeal.decision.person
        return page_link(get_user_model(), person.pk, host.display_name(person))

    @admin.display(description=_("why the decision is wrong"))
    def excerpt(self, appeal: Appeal) -> str:
        return Truncator(appeal.words).chars(80)

    @admin.display(description=_("state"), ordering="outcome")
    def state(self, appeal: Appeal) -> str:
        return appeal.get_outcome_display() or gettext("Open")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Appeal]:
        related = ("decision__person", "decision__message", "decided_by")
        return super().get_queryset(request).select_related(*related)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Render the page of one appeal, with the decision that it is about."""
        appeal: Appeal = context["original"]
        actor, decision = person_of(request), appeal.decision
        context |= {
            "decision": decision,
            "statement": statement.statement_of(decision),
            "decision_link": page_link(Decision, decision.pk, f"{decision}"),
            "may_decide": not appeal.outcome and actions.may_decide(actor, decision),
            "is_own": actor.pk == decision.decided_by_id,
        }
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self.decide)
        return [path("<int:appeal_id>/decide/", decide, name="appeal_decide"), *super().get_urls()]

    def decide(self, request: HttpRequest, appeal_id: int) -> HttpResponse:
        """Uphold the decision or overturn it."""
        actor = person_of(request)
        rows = Appeal.objects.select_related("decision__person")
        appeal = get_object_or_404(rows, pk=appeal_id)

        def decided(*, outcome: str, reason: str) -> None:
            actions.decide(actor, appeal_id, outcome, reason)

        return act_with_reason(
            request,
            gettext("Decide this appeal"),
            [decided],
            model=Appeal,
            back=reverse("admin:messaging_appeal_changelist"),
            allowed=actions.may_decide(actor, appeal.decision),
            about=f"{appeal.decision.get_measure_display()} – "
            f"{host.display_name(appeal.decision.person)}",
            consequences=gettext(
                "The person reads your answer, but never your name. Overturning undoes all that "
                "the decision did."
            ),
            form_class=OutcomeForm,
        )
