"""The audit trail for staff."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.utils.translation import gettext_lazy as _

from trato.admin.bases import ReadOnlyAdmin, StaffAdmin, page_link
from trato.people import columns_of, name_column_of

from .models import AuditEntry

# The second part of verbs, after the dot; the first part names a model.
ACTS = {
    "added": _("addition"),
    "changed": _("change"),
    "deleted": _("deletion"),
    "looked": _("look at the messages"),
    "removed": _("removal"),
    "upheld": _("action taken"),
    "dismissed": _("no action"),
    "suspended": _("suspension"),
    "restored": _("restoration"),
    "password_changed": _("new password"),
    "factor_added": _("second factor set up"),
    "factor_removed": _("second factor removed"),
}


def label_of(verb: str) -> str:
    """Describe a verb in words: `message.removed` as "message: removal"."""
    kind, _dot, act = verb.partition(".")
    names = {model._meta.model_name: model._meta.verbose_name for model in apps.get_models()}
    return f"{names.get(kind, kind)}: {ACTS.get(act, act)}"


class VerbFilter(admin.AllValuesFieldListFilter):
    """Filter by the recorded verbs, shown in words."""

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        everything, *verbs = super().choices(changelist)
        yield everything
        for choice in verbs:
            verb, space, count = str(choice["display"]).partition(" ")  # the count of a facet
            yield {**choice, "display": label_of(verb) + space + count}


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin, StaffAdmin[AuditEntry]):
    """Who did what, to what, when and why."""

    list_display = ("created_at", "actor", "act", "subject_link", "reason")
    list_display_links = ("created_at",)
    list_filter = (("verb", VerbFilter), "created_at", ("actor", admin.RelatedOnlyFieldListFilter))
    search_fields = ("=subject", "reason", *columns_of("actor"))
    shown_of_others = (name_column_of("actor"),)
    date_hierarchy = "created_at"
    list_select_related = ("actor",)
    fields = ("created_at", "actor", "act", "subject_link", "reason")
    readonly_fields = ("act", "subject_link")

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
