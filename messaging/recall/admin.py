"""Recalls in the admin: the list, and the page on which staff make one."""

from datetime import datetime
from functools import partial

from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext

from messaging.cases import claims
from messaging.models import Case, Message, Recall
from trato.admin.bases import LargeAdmin, person_of
from trato.admin.filters import Happened
from trato.admin.reasons import act_with_reason
from trato.errors import AlreadyDone
from trato.people import name_column_of

from . import actions, candidates
from .forms import RecallForm


@admin.register(Recall)
class RecallAdmin(LargeAdmin[Recall]):
    """Messages that were recalled together, and by whom. A recall can be undone as a whole."""

    list_display = ("id", "messages", "senders", "warned", "made_by", "created_at", "undone_at")
    list_filter = (("undone_at", Happened),)
    list_select_related = ("made_by",)
    search_fields = ("=id",)
    shown_of_others = (name_column_of("made_by"),)
    change_form_template = "admin/messaging/recall/change_form.html"
    fields = (
        "message", "messages", "senders", "warned", "made_by", "created_at", "undone_by",
        "undone_at",
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("from/<int:message_id>/", wrap(self.recall), name="recall"),
            path("from/<int:message_id>/search/", wrap(self.search), name="recall_search"),
            path("<int:recall_id>/undo/", wrap(self.undo), name="recall_undo"),
            *super().get_urls(),
        ]

    def search(self, request: HttpRequest, message_id: int) -> HttpResponse:
        """Record a search for the copies of a message, and show them."""
        actor = person_of(request)
        if request.method == "POST":
            try:
                actions.search(actor, get_object_or_404(Message, pk=message_id).pk)
            except ValidationError as error:
                self.message_user(request, error.messages[0], messages.WARNING)
        return redirect("admin:recall", message_id)

    def recall(self, request: HttpRequest, message_id: int) -> HttpResponse:
        """Show the copies of a message that a recorded search lets the moderator see."""
        actor = person_of(request)
        search = actions.searched(actor, message_id)
        related = Message.objects.select_related(*candidates.RELATED)
        scam = get_object_or_404(related, pk=message_id)
        form, status = RecallForm(request.POST or None, initial=_initial()), 200
        matches = _matches(request, scam, search.created_at) if search else None
        if request.method == "POST" and matches:
            status = 400
            if form.is_valid() and (row := _recalled(request, scam, form, matches)):
                self.message_user(request, _done(row))
                return redirect("admin:messaging_recall_change", row.pk)
        subject = f"message:{message_id}"
        case = Case.objects.filter(kind=Case.Kind.REPORT, subject=subject, closed_at=None).first()
        context = {
            **self.admin_site.each_context(request),
            "title": gettext("Recall a scam"),
            "opts": Recall._meta,
            "scam": scam if search else None,
            "message_id": message_id,
            "form": form,
            "matches": matches,
            "is_sent": request.method == "POST",
            "days": settings.RECALL_DAYS,
            "most": settings.RECALL_MOST,
            "case": case if case and claims.holder_of(case) == actor else None,
        }
        return render(request, "admin/messaging/recall/recall.html", context, status=status)

    def undo(self, request: HttpRequest, recall_id: int) -> HttpResponse:
        """Undo a recall, with a reason."""
        actor = person_of(request)
        row = get_object_or_404(Recall, pk=recall_id)
        return act_with_reason(
            request,
            gettext("Undo this recall"),
            [partial(actions.undo, actor, recall_id)],
            model=Recall,
            back=reverse("admin:messaging_recall_change", args=[recall_id]),
            allowed=actor.has_perm(actions.PERMISSION),
            about=_done(row),
            consequences=gettext(
                "All messages come back, the mutes end and the warnings are withdrawn. The senders "
                "learn that you've taken the decisions back."
            ),
        )


def _matches(request: HttpRequest, scam: Message, looked_at: datetime) -> candidates.Matches:
    """Return the copies that a search finds: all chosen at first, later as the form says."""
    matches = candidates.find(person_of(request), scam, looked_at=looked_at)
    if request.method == "POST":
        names = request.POST.getlist("group")
        for group in matches.groups:
            group.is_chosen = group.name in names
            keys = request.POST.getlist(f"message-{group.name}")
            for row in group.rows:
                row.is_chosen = str(row.message.pk) in keys
    return matches


def _recalled(
    request: HttpRequest, scam: Message, form: RecallForm, matches: candidates.Matches
) -> Recall | None:
    """Recall what was chosen; None if the form now has an error."""
    values = form.cleaned_data
    order = actions.Order(
        message_ids=[
            row.message.pk
            for group in matches.groups
            for row in group.rows
            if group.is_chosen and row.is_chosen
        ],
        facts=values["reason"],
        ground=values["ground"],
        clause=values["clause"],
        explanation=values["explanation"],
        mute_until=values["mute_until"],
    )
    try:
        return actions.recall(person_of(request), scam.pk, order)
    except AlreadyDone as error:
        form.add_error("reason", error.messages)
    except PermissionDenied:
        form.add_error("reason", gettext("You can't do this. Nothing was changed."))
    except ValidationError as error:
        form.add_error("reason", error.messages)  # below the facts, for any field
    return None


def _initial() -> dict[str, str]:
    return {
        "clause": gettext("No fraud"),
        "explanation": gettext("The message tries to get money or personal data by deceit."),
        "reason": gettext(
            "You sent a message that also came from other accounts, or a copy of it."
        ),
    }


def _done(row: Recall) -> str:
    """Return a sentence that says what a recall did."""
    messages = ngettext("%(count)s message", "%(count)s messages", row.messages)
    people = ngettext("%(count)s person", "%(count)s people", row.warned)
    return gettext("%(messages)s recalled, %(people)s warned.") % {
        "messages": messages % {"count": row.messages},
        "people": people % {"count": row.warned},
    }
