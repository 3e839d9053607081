"""Decisions in the admin: a read-only list, and the page on which staff decide."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from messaging.host import host
from messaging.models import Decision, Message
from trato.admin.bases import LargeAdmin, page_link, person_of
from trato.admin.filters import Happened
from trato.admin.reasons import act_with_reason
from trato.audit.actions import require_permission
from trato.errors import AlreadyDone
from trato.people import Person, columns_of, name_column_of
from trato.responses import key_from

from . import actions, matters
from .forms import DecisionForm
from .matters import Matter
from .ruling import Measure, Ruling


@admin.register(Decision)
class DecisionAdmin(LargeAdmin[Decision]):
    """Decisions: about whom, and why."""

    list_display = ("id", "measure", "about_whom", "source", "created_at", "ends_at", "state")
    list_display_links = ("id", "measure")
    list_filter = (
        "measure", "source", "ground", ("overturned_at", Happened), "created_at",
    )  # fmt: skip
    list_select_related = ("person", "decided_by", "appeal")
    search_fields = ("=id",)
    found_by = columns_of("person")
    shown_of_others = (name_column_of("person"),)
    fields = (
        "about_whom", "measure", "scope", "starts_at", "ends_at", "ground", "clause",
        "explanation", "facts", "source", "is_found_automatically", "is_decided_automatically",
        "message", "conversation", "held", "product", "report", "decided_by", "created_at",
        "appeal_until", "state", "overturned_at",
    )  # fmt: skip
    readonly_fields = ("about_whom", "state")

    @admin.display(description=_("person"), ordering=name_column_of("person"))
    def about_whom(self, decision: Decision) -> str:
        return page_link(get_user_model(), decision.person_id, host.display_name(decision.person))

    @admin.display(description=_("state"))
    def state(self, decision: Decision) -> str:
        appeal = getattr(decision, "appeal", None)
        if decision.overturned_at:
            return gettext("Overturned")
        if appeal and not appeal.outcome:
            return gettext("Appeal open")
        return gettext("In force") if decision.is_in_force else gettext("Over")

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Render a decision's page, and tell it whether the decision can be undone."""
        decision = context["original"]
        context["may_undo"] = (
            decision.is_in_force
            and decision.measure != Measure.DISMISS
            and actions.may_decide_about(person_of(request), decision.person)
        )
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("decide/", wrap(self.decide), name="decide"),
            path("restore/", wrap(self.restore), name="restore"),
            path("<int:decision_id>/undo/", wrap(self.undo), name="decision_undo"),
            *super().get_urls(),
        ]

    def decide(self, request: HttpRequest) -> HttpResponse:
        """Decide about what the URL names, see `matters.matter_of`.

        The page shows the message, so a message without a report needs a recorded look.
        """
        actor = person_of(request)
        require_permission(actor, "messaging.make_decision")
        matter = matters.matter_of(actor, request.GET)
        if matter is None:
            message = get_object_or_404(Message, pk=key_from(request.GET.get("message", "")))
            return redirect("admin:conversation_thread", message.conversation_id)
        names = ", ".join(host.display_name(person) for person in matter.people)
        return act_with_reason(
            request,
            gettext("Decide about %(name)s") % {"name": names},
            [partial(_decide, request, each) for each in matter.parts()],
            model=Decision,
            back=_back(matter),
            allowed=all(actions.may_decide_about(actor, person) for person in matter.people),
            about=matter.about,
            consequences=gettext(
                "The person reads everything that you write here, but never your name. They can "
                "appeal, and somebody else decides the appeal."
            ),
            form_class=partial(DecisionForm, measures=matter.measures(actor)),
            initial=matter.initial() | {"measure": request.GET.get("measure", "")},
        )

    def undo(self, request: HttpRequest, decision_id: int) -> HttpResponse:
        """Undo what a decision did, with a reason."""
        actor = person_of(request)
        decision = get_object_or_404(Decision.objects.select_related("person"), pk=decision_id)
        return act_with_reason(
            request,
            gettext("Undo this decision"),
            [partial(_undo, actor, decision_id)],
            model=Decision,
            back=reverse("admin:messaging_decision_change", args=[decision_id]),
            allowed=actions.may_decide_about(actor, decision.person),
            about=f"{decision.get_measure_display()} – {host.display_name(decision.person)}",
            consequences=gettext(
                "This undoes everything that the decision did. We tell the person, but not your "
                "reason."
            ),
        )

    def restore(self, request: HttpRequest) -> HttpResponse:
        """Restore the people in the URL's `person` parameters, with a reason."""
        actor, people = person_of(request), matters.people_in(request.GET)
        if not people:
            raise Http404("no such person")
        only = people[0] if len(people) == 1 else None
        title = ngettext("Restore this person", "Restore these people", len(people))
        model = get_user_model()._meta
        back = f"admin:{model.app_label}_{model.model_name}_"
        return act_with_reason(
            request,
            title,
            [partial(_restore, actor, person) for person in people],
            model=Decision,
            back=reverse(f"{back}change", args=[only.pk]) if only else reverse(f"{back}changelist"),
            allowed=actor.has_perm("messaging.make_decision")
            and (only is None or host.may_suspend(actor, only)),
            about=", ".join(host.display_name(person) for person in people),
            consequences=gettext(
                "This undoes the decisions that suspend the account. We tell the person, but not "
                "your reason."
            ),
        )


def _restore(actor: Person, person: Any, *, reason: str) -> None:
    try:
        actions.restore(actor, person.pk, reason)
    except PermissionDenied as error:
        text = gettext("You can't do this to %(name)s. Nothing was changed.")
        raise ValidationError(text % {"name": host.display_name(person)}) from error


def _undo(actor: Person, decision_id: int, *, reason: str) -> None:
    try:
        actions.undo(actor, decision_id, reason)
    except PermissionDenied as error:
        raise ValidationError(gettext("You can't do this. Nothing was changed.")) from error


def _back(matter: Matter) -> str:
    if matter.report is not None:
        return reverse("admin:messaging_report_changelist")
    if matter.held is not None:
        return reverse("admin:messaging_heldmessage_change", args=[matter.held.pk])
    return reverse("admin:messaging_decision_changelist")


def _decide(request: HttpRequest, matter: Matter, *, reason: str, days: str, **values: Any) -> None:
    actor = person_of(request)
    ruling = Ruling(
        **values,
        facts=reason,
        message_id=matter.message.pk if matter.message else None,
        conversation_id=matter.conversation.pk if matter.conversation else None,
        product_id=matter.product.pk if matter.product is not None else None,
        report_id=matter.report.pk if matter.report else None,
        held_id=matter.held.pk if matter.held else None,
        source=Decision.Source.RULE if matter.rule else Decision.Source.LOOK,
        rule=matter.rule,
        is_found_automatically=matter.objection is not None,
    )
    try:
        made = actions.decide_about_all(actor, [person.pk for person in matter.people], ruling)
    except AlreadyDone:
        raise
    except PermissionDenied as error:
        raise ValidationError(gettext("You can't do this. Nothing was changed.")) from error
    except ValidationError as error:
        raise ValidationError(error.messages) from error  # shown below the facts, for any field
    decided = {one.person_id for one in made}
    for person in matter.people:
        if person.pk not in decided:
            text = gettext("%(name)s is under such a measure already, and was left out.")
            messages.warning(request, text % {"name": host.display_name(person)})
