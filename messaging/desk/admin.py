"""The desk: the queue of cases, and the page of each."""

from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from messaging.appeals.actions import may_decide
from messaging.cases import claims
from messaging.decisions.statement import statement_of
from messaging.host import host
from messaging.models import Case, HeldMessage, Report
from trato.admin.bases import LargeAdmin, person_of
from trato.admin.reasons import act_with_reason
from trato.people import columns_of, name_column_of
from trato.responses import json_response

from . import actions, queries
from .filters import State, Who
from .forms import QuietForm


@admin.register(Case)
class CaseAdmin(LargeAdmin[Case]):
    """Open cases, worst first, then oldest."""

    list_display = ("about", "kind", "severity", "count", "whom", "age", "who")
    list_display_links = ("about",)
    list_filter = (State, Who, "kind", "severity")
    list_select_related = ("person", "claimed_by")
    search_fields = ("=id",)
    found_by = columns_of("person")
    shown_of_others = (name_column_of("person"),)
    ordering = Case.QUEUE
    change_list_template = "admin/messaging/desk/queue.html"
    change_form_template = "admin/messaging/desk/case.html"
    fieldsets = (
        (
            _("Details"),
            {
                "classes": ("collapse",),
                "fields": (
                    "subject",
                    "severity",
                    "count",
                    "person",
                    "opened_at",
                    "closed_at",
                    "quiet_until",
                ),
            },
        ),
    )

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Case], search_term: str
    ) -> tuple[QuerySet[Case], bool]:
        """Also find a case by what it is about, such as `message:12`."""
        if ":" in search_term:
            named = {"kind__in": Case.Kind.values, "subject": search_term.strip()}
            return queryset.filter(**named), False
        return super().get_search_results(request, queryset, search_term)

    def title_of(self, obj: Case) -> str:
        """Return what a case is about."""
        return self.about(obj)

    @admin.display(description=_("about"))
    def about(self, case: Case) -> str:
        kind, _colon, key = case.subject.partition(":")
        names = {
            "appeal": gettext("Appeal"),
            "held_message": gettext("Held message"),
            "shieldrule": gettext("Shield rule"),
            **{value: str(label) for value, label in Report.Kind.choices},
        }
        return f"{names.get(kind, kind)} {key}"

    @admin.display(description=_("person"), ordering=name_column_of("person"))
    def whom(self, case: Case) -> str:
        return host.display_name(case.person) if case.person else ""

    @admin.display(description=_("age"), ordering="opened_at")
    def age(self, case: Case) -> str:
        return timesince(case.opened_at, depth=1)

    @admin.display(description=_("working on it"))
    def who(self, case: Case) -> str:
        holder = claims.holder_of(case)
        return host.display_name(holder) if holder else ""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the queue, and a button that takes its first free case."""
        more = {"desk": queries.counts(), "query": request.GET.urlencode()}
        return super().changelist_view(request, {**(extra_context or {}), **more})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Render a case. Its conversation is only shown to the person who is working on it."""
        case, actor = context["original"], person_of(request)
        holder = claims.holder_of(case)
        is_mine = holder is not None and holder.pk == actor.pk and case.closed_at is None
        thing = queries.thing_of(case) if is_mine else {}
        about = queries.message_of(thing)
        shown = queries.context_of(actor, case, about) if is_mine else None
        done = reverse("admin:case_done", args=[case.pk])
        context |= {
            "holder": holder,
            "whom": self.whom(case),
            "is_mine": is_mine,
            "claim_seconds": 60,
            **thing,
            "about": about,
            "conversation": shown[0] if shown else None,
            "history": shown[1] if shown else (),
            "then": urlencode({"next": done}),
        }
        if is_mine:
            people = queries.people_of(case, context.get("reports") or ())
            context["people"] = [queries.past_of(person) for person in people]
        shown_messages = context["history"]
        if held := context.get("held"):
            waits = held.state == HeldMessage.State.WAITING
            context["may_review"] = waits and actor.has_perm("messaging.review_held_message")
        if reports := context.get("reports"):
            context["report"] = next((one for one in reports if not one.outcome), reports[0])
            context |= queries.named(context["report"])
            context["may_decide"] = case.person_id and actor.has_perm("messaging.make_decision")
            if shown and context["report"].message:
                shown_messages = [*shown_messages, context["report"].message]
            context["may_resolve"] = actor.has_perm("messaging.remove_message")
        if context.get("rule"):
            context["may_set_back"] = actor.has_perm("messaging.change_shieldrule")
        if appeal := context.get("appeal"):
            context["statement"] = statement_of(appeal.decision)
            context["may_decide"] = may_decide(actor, appeal.decision)
        context["files"] = queries.files_of(shown_messages)
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("next/", wrap(self.take_next), name="case_next"),
            path("state/", wrap(self.state), name="case_state"),
            path("<int:case_id>/take/", wrap(self.take), name="case_take"),
            path("<int:case_id>/renew/", wrap(self.renew), name="case_renew"),
            path("<int:case_id>/let-go/", wrap(self.let_go), name="case_let_go"),
            path("<int:case_id>/quiet/", wrap(self.quiet), name="case_quiet"),
            path("<int:case_id>/done/", wrap(self.done), name="case_done"),
            *super().get_urls(),
        ]

    def take_next(self, request: HttpRequest) -> HttpResponse:
        """Claim the first free case of the queue that the query describes, and show it."""
        queue = reverse("admin:messaging_case_changelist")
        if request.method == "POST":
            case = actions.take_next(person_of(request), self._chosen(request))
            if case:
                return redirect("admin:messaging_case_change", case.pk)
            self.message_user(request, gettext("Nothing is waiting for you in this queue."))
        return redirect(f"{queue}?{request.GET.urlencode()}")

    def take(self, request: HttpRequest, case_id: int) -> HttpResponse:
        """Claim a case, and record that the person looks at it."""
        if request.method == "POST":
            self._try(request, lambda: actions.take(person_of(request), case_id))
        return redirect("admin:messaging_case_change", case_id)

    def renew(self, request: HttpRequest, case_id: int) -> HttpResponse:
        """Renew the person's claim while the page has the focus; 409 if somebody else has it."""
        actor = person_of(request)
        actions.require_member(actor)
        rows = Case.objects.filter(pk=case_id, claimed_by=actor.pk, closed_at=None)
        if request.method != "POST" or not rows.exists():
            return HttpResponse(status=409)
        try:
            claims.claim(actor, case_id)
        except (claims.Claimed, Case.DoesNotExist):
            return HttpResponse(status=409)
        return HttpResponse(status=204)

    def let_go(self, request: HttpRequest, case_id: int) -> HttpResponse:
        """Put a case back into the queue."""
        if request.method == "POST":
            actions.require_member(person_of(request))
            claims.let_go(person_of(request), case_id)
        return redirect("admin:messaging_case_changelist")

    def quiet(self, request: HttpRequest, case_id: int) -> HttpResponse:
        """Ask how long the looks for an open case stay hidden from both sides, and why."""
        actor = person_of(request)
        actions.require_member(actor)
        case = get_object_or_404(Case, pk=case_id, closed_at=None)
        day = timezone.localdate(case.quiet_until) if case.quiet_until else None
        return act_with_reason(
            request,
            gettext("Tell both sides later that staff looked"),
            [partial(actions.keep_quiet, actor, case_id)],
            model=Case,
            back=reverse("admin:messaging_case_change", args=[case_id]),
            allowed=True,
            about=self.about(case),
            consequences=gettext(
                "Only do this if somebody who knew of it could hinder the investigation."
            ),
            form_class=QuietForm,
            initial={"until": day},
        )

    def done(self, request: HttpRequest, case_id: int) -> HttpResponse:
        """Redirect to the queue once a case is decided; until then, back to the case."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        case = Case.objects.filter(pk=case_id).first()
        if case is not None and case.closed_at is None:
            return redirect("admin:messaging_case_change", case_id)
        return redirect("admin:messaging_case_changelist")

    def state(self, request: HttpRequest) -> HttpResponse:
        """Return the desk's counts as JSON, for its open pages."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return json_response(queries.counts())

    def _chosen(self, request: HttpRequest) -> QuerySet[Case]:
        """Return the cases that match the filters in the query, as in the list."""
        given: Any = self.get_changelist_instance(request)
        chosen: QuerySet[Case] = Case.objects.filter(pk__in=given.queryset.values("pk"))
        return chosen

    def _try(self, request: HttpRequest, act: Any) -> None:
        try:
            act()
        except claims.Claimed as error:
            self.message_user(request, error.message, messages.WARNING)
        except Case.DoesNotExist:
            self.message_user(request, gettext("This case is closed."), messages.WARNING)
