"""The audit trail for staff."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from trato.admin.bases import ReadOnlyAdmin, StaffAdmin, page_link
from trato.people import columns_of, name_column_of

from .models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin, StaffAdmin[AuditEntry]):
    """Who did what, to what, when and why."""

    list_display = ("created_at", "actor", "verb", "subject_link", "reason")
    list_display_links = ("created_at",)
    list_filter = ("verb", "created_at", ("actor", admin.RelatedOnlyFieldListFilter))
    search_fields = ("=subject", "reason", *columns_of("actor"))
    shown_of_others = (name_column_of("actor"),)
    date_hierarchy = "created_at"
    list_select_related = ("actor",)
    fields = ("created_at", "actor", "verb", "subject_link", "reason")
    readonly_fields = ("subject_link",)

    @admin.display(description=_("subject"), ordering="subject")
    def subject_link(self, entry: AuditEntry) -> str:
        """The subject, linked to the page of its model where there is one."""
        kind, _colon, key = entry.subject.partition(":")
        for model in self.admin_site._registry:
            if model._meta.model_name == kind:
                return page_link(model, key, entry.subject)
        return entry.subject
