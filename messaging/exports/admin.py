"""Exports in the admin: who has asked for which one, but not what it contains."""

from django.contrib import admin

from messaging.models import Export
from trato.admin.bases import LargeAdmin
from trato.people import columns_of, name_column_of


@admin.register(Export)
class ExportAdmin(LargeAdmin[Export]):
    """Exports that were prepared in the background."""

    list_display = ("id", "owner", "conversation", "state", "size", "created_at", "expires_at")
    list_filter = ("state",)
    list_select_related = ("owner", "conversation")
    search_fields = ("=pk", "=conversation__id")
    found_by = columns_of("owner")
    shown_of_others = (name_column_of("owner"),)
    fields = (
        "owner", "conversation", "state", "attempts", "size", "last_sequence", "revision",
        "created_at", "expires_at",
    )  # fmt: skip
