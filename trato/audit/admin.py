"""The audit trail for staff."""

from functools import partial
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trato.admin.bases import ReadOnlyAdmin, StaffAdmin, page_link, person_of
from trato.admin.reasons import REASON_MAX, act_with_reason
from trato.people import columns_of, name_column_of

from . import actions, export, queries
from .models import AuditEntry

# The second part of verbs, after the dot; the first part names a model.
ACTS = {
    "added": _("addition"),
    "changed": _("change"),
    "deleted": _("deletion"),
    "looked": _("look at the messages"),
    "removed": _("removal"),
    "kept_quiet": _("looks kept quiet"),
    "upheld": _("action taken"),
    "dismissed": _("no action"),
    "suspended": _("suspension"),
    "restored": _("restoration"),
    "password_changed": _("new password"),
    "factor_added": _("second factor set up"),
    "factor_removed": _("second factor removed"),
    "remove": _("message removed"),
    "close": _("conversation closed"),
    "warn": _("warning"),
    "limit": _("limit"),
    "mute": _("mute"),
    "suspend": _("suspension"),
    "dismiss": _("no action"),
    "confirmed": _("decision confirmed"),
    "overturned": _("decision overturned"),
    "erased": _("words erased"),
    "exported": _("export"),
    "started": _("start"),
    "stopped": _("stop"),
    "fell_back": _("for review only from now on"),
    "set_back": _("set back"),
    "searched": _("search for copies"),
    "made": _("made"),
    "undone": _("undone"),
}


def label_of(verb: str) -> str:
    """Describe a verb in words: `user.restored` as "user: restoration"."""
    kind, _dot, act = verb.partition(".")
    return f"{kind_label(kind)}: {ACTS.get(act, act)}"


def kind_label(kind: str) -> str:
    """Return the name of a model in words."""
    names = {model._meta.model_name: model._meta.verbose_name for model in apps.get_models()}
    return str(names.get(kind, kind))


class VerbFilter(admin.SimpleListFilter):
    """Filter by recorded verb, shown in words."""

    title = _("what")
    parameter_name = "verb"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(verb, label_of(verb)) for verb in queries.verbs()]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry]:
        return queryset.filter(verb=self.value()) if self.value() else queryset


class SubjectFilter(admin.SimpleListFilter):
    """Filter by the kind of subject; the search finds a single one."""

    title = _("subject")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        kinds = {verb.partition(".")[0] for verb in queries.verbs()}
        return sorted((kind, kind_label(kind)) for kind in kinds)

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[AuditEntry]
    ) -> QuerySet[AuditEntry]:
        kind = self.value()
        if not kind:
            return queryset
        return queryset.filter(Q(subject=kind) | Q(subject__startswith=f"{kind}:"))


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin, StaffAdmin[AuditEntry]):
    """Entries: who did what, to what, when and why."""

    list_display = ("created_at", "who", "act", "subject_link", "why")
    list_display_links = ("created_at",)
    list_filter = (
        VerbFilter, SubjectFilter, "created_at", ("actor", admin.RelatedOnlyFieldListFilter),
    )  # fmt: skip
    search_fields = ("=subject", "reason", *columns_of("actor"))
    shown_of_others = (name_column_of("actor"),)
    date_hierarchy = "created_at"
    list_select_related = ("actor",)
    fields = ("created_at", "actor", "act", "subject_link", "why", "position")
    readonly_fields = ("who", "act", "subject_link", "why")

    def get_fields(self, request: HttpRequest, obj: AuditEntry | None = None) -> list[Any]:
        """Return the page's fields; if an entry has no actor, say in words who acted."""
        names = super().get_fields(request, obj)
        is_own = obj is not None and obj.actor_id is None
        return ["who" if name == "actor" and is_own else name for name in names]

    @admin.display(description=_("who"), ordering="actor")
    def who(self, entry: AuditEntry) -> str:
        return str(entry.actor or gettext("The site itself"))

    @admin.display(description=_("what"), ordering="verb")
    def act(self, entry: AuditEntry) -> str:
        return label_of(entry.verb)

    @admin.display(description=_("subject"), ordering="subject")
    def subject_link(self, entry: AuditEntry) -> str:
        """Link the subject to the page of its model, if there is one."""
        kind, _colon, key = entry.subject.partition(":")
        for model in self.admin_site._registry:
            if model._meta.model_name == kind:
                return page_link(model, key, entry.subject)
        return entry.subject

    @admin.display(description=_("why"), ordering="reason")
    def why(self, entry: AuditEntry) -> str:
        return gettext("(erased)") if entry.salt is None else entry.reason

    # -- exporting the trail, and erasing words --------------------------------------------------

    def has_export_permission(self, request: HttpRequest) -> bool:
        may_export = person_of(request).has_perm("audit.export_auditentry")
        return may_export and self.has_view_permission(request)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("export/", wrap(self.export), name="audit_export"),
            path("<int:entry_id>/erase/", wrap(self.erase), name="audit_erase"),
            *super().get_urls(),
        ]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        may_export = self.has_export_permission(request)
        context = {**(extra_context or {}), "may_export": may_export}
        return super().changelist_view(request, context)

    def export(self, request: HttpRequest) -> HttpResponseBase:
        """Send the entries of the list at this URL, and record the export."""
        if not self.has_export_permission(request):
            raise PermissionDenied
        if request.method != "POST":  # another site could link to it
            return HttpResponseNotAllowed(["POST"])
        try:
            entries = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters as error:
            raise BadRequest(error) from error
        filters = "; ".join(
            f"{name}: {value}" for name, values in request.GET.lists() for value in values if value
        )
        entry = actions.record_export(person_of(request), filters[:REASON_MAX])
        return export.response(request, entries.filter(pk__lt=entry.pk))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        entry: AuditEntry = context["original"]
        may_erase = person_of(request).has_perm("audit.erase_reason")
        context["may_erase"] = may_erase and entry.salt is not None and entry.reason != ""
        return super().render_change_form(request, context, *args, **kwargs)

    def erase(self, request: HttpRequest, entry_id: int) -> HttpResponse:
        """Erase an entry's text; requires a reason."""
        actor = person_of(request)
        entry = get_object_or_404(AuditEntry, pk=entry_id)
        return act_with_reason(
            request,
            gettext("Erase the words of this entry"),
            [partial(actions.erase_reason, actor, entry_id)],
            model=AuditEntry,
            back=reverse("admin:audit_auditentry_changelist"),
            allowed=actor.has_perm("audit.erase_reason") and self.has_view_permission(request),
            about=f"{label_of(entry.verb)}, {entry.subject}",
            consequences=gettext(
                "They are gone for good. Who did what and when stays, and the trail can still be "
                "verified."
            ),
        )
