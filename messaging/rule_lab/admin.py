"""The rule lab's pages: dry runs, what they counted, and messages that they found."""

from functools import partial
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from msgspec import Struct

from messaging.models import DryRun, ShieldRule
from trato.admin.bases import LargeAdmin, person_of
from trato.admin.reasons import act_with_reason
from trato.errors import AlreadyDone, Refused
from trato.people import name_column_of
from trato.responses import json_response, key_from

from . import actions, queries


class Progress(Struct):
    """The progress of a dry run, for its open page."""

    state: str
    percent: int
    looked: int
    hits: int


@admin.register(DryRun)
class DryRunAdmin(LargeAdmin[DryRun]):
    """Dry runs of rules. They start on the page of a rule."""

    list_display = ("id", "name", "state", "looked", "hits", "asked_by", "created_at")
    list_filter = ("state",)
    list_select_related = ("asked_by",)
    search_fields = ("=rule__id",)
    shown_of_others = (name_column_of("asked_by"),)
    fields = (
        "rule", "tried", "asked_by", "created_at", "since", "state", "ended_at", "looked", "hits",
    )  # fmt: skip
    readonly_fields = ("tried",)
    change_form_template = "admin/messaging/dryrun/change_form.html"

    @admin.display(description=_("rule"))
    def name(self, run: DryRun) -> str:
        return run.tried.name

    @admin.display(description=_("the rule as it was tried"))
    def tried(self, run: DryRun) -> str:
        rule = run.tried
        parts = [
            rule.name,
            rule.get_detector_display() or rule.pattern,
            rule.get_side_display(),
            rule.get_relationship_display(),
            gettext("%(days)s days") % {"days": rule.account_days} if rule.account_days else "",
            rule.language,
            rule.category,
            rule.get_action_display(),
        ]
        return " · ".join(str(part) for part in parts if part)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Render a run with what it counted, and the samples that the person may read now."""
        run, actor = context["original"], person_of(request)
        may_read = actor.has_perm(actions.MAY_READ)
        context["findings"] = queries.findings_of(run)
        context["samples"] = queries.samples_for(actor, run) if may_read else ()
        context["may_read"] = may_read
        context["may_stop"] = actor.has_perm(actions.MAY_RUN) and run.state == DryRun.State.WAITING
        context["is_waiting"] = run.state == DryRun.State.WAITING
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("start/", wrap(require_POST(self.start)), name="dryrun_start"),
            path("<int:run_id>/stop/", wrap(require_POST(self.stop)), name="dryrun_stop"),
            path("<int:run_id>/state/", wrap(self.state), name="dryrun_state"),
            path("<int:run_id>/samples/", wrap(self.samples), name="dryrun_samples"),
            *super().get_urls(),
        ]

    def start(self, request: HttpRequest) -> HttpResponse:
        """Try the rule in the posted form, new or changed, without saving it."""
        rules: Any = self.admin_site.get_model_admin(ShieldRule)
        key = key_from(request.GET.get("rule", ""))
        rule = get_object_or_404(ShieldRule, pk=key) if key else None
        may_edit = (
            rules.has_change_permission(request, rule)
            if rule
            else rules.has_add_permission(request)
        )
        if not may_edit or not person_of(request).has_perm(actions.MAY_RUN):
            raise PermissionDenied(actions.MAY_RUN)
        form = rules.get_form(request, rule, change=rule is not None)(
            request.POST, instance=rule or ShieldRule()
        )
        page = reverse("admin:messaging_shieldrule_change", args=[key]) if key else ""
        page = page or reverse("admin:messaging_shieldrule_add")
        if not form.is_valid():  # the rule's own page shows the errors, and doesn't save it either
            response: HttpResponse = rules.changeform_view(request, str(key or "") or None, page)
            return response
        try:
            run = actions.start(person_of(request), form.instance)
        except (ValidationError, Refused) as error:
            text = error.detail if isinstance(error, Refused) else " ".join(error.messages)
            self.message_user(request, str(text), "WARNING")
            return redirect(page)
        return redirect("admin:messaging_dryrun_change", run.pk)

    def stop(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """Stop a run early."""
        try:
            actions.stop(person_of(request), run_id)
        except AlreadyDone as error:
            self.message_user(request, " ".join(error.messages), "WARNING")
        except DryRun.DoesNotExist:
            return redirect("admin:messaging_dryrun_changelist")
        return redirect("admin:messaging_dryrun_change", run_id)

    def state(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """Return a run's progress as JSON."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        run = get_object_or_404(DryRun, pk=run_id)
        return json_response(Progress(run.state, run.percent, run.looked, run.hits))

    def samples(self, request: HttpRequest, run_id: int) -> HttpResponse:
        """Look into the conversations of the samples, with a reason."""
        actor = person_of(request)
        run = get_object_or_404(DryRun, pk=run_id)
        return act_with_reason(
            request,
            gettext("Read the samples of this dry run"),
            [partial(actions.look_at_samples, actor, run_id)],
            model=DryRun,
            back=reverse("admin:messaging_dryrun_change", args=[run_id]),
            allowed=actor.has_perm(actions.MAY_READ) and self.has_view_permission(request),
            about=gettext("%(name)s: %(count)s messages")
            % {"name": run.tried.name, "count": len(queries.sample_keys(run))},
            consequences=gettext(
                "Each of their conversations gets an entry in the audit trail, and its two sides "
                "see later that staff looked."
            ),
        )
