"""Muted reporters; staff mute and unmute on the page of a report."""

from django.contrib import admin

from messaging.models import MutedReporter
from trato.admin.bases import LargeAdmin
from trato.people import columns_of, name_column_of


@admin.register(MutedReporter)
class MutedReporterAdmin(LargeAdmin[MutedReporter]):
    list_display = ("user", "created_at")
    list_select_related = ("user",)
    search_fields = ("=user",)
    found_by = columns_of("user")
    shown_of_others = (name_column_of("user"),)
