"""Notifications for staff: whether somebody was told."""

from django.contrib import admin

from trato.admin.bases import LargeAdmin
from trato.people import columns_of, name_column_of

from .models import Notification


@admin.register(Notification)
class NotificationAdmin(LargeAdmin[Notification]):
    """Without the words: they are the conversation's, whose every look is recorded."""

    list_display = ("id", "recipient", "subject_kind", "subject_id", "happened_at", "read_at")
    list_filter = (("read_at", admin.EmptyFieldListFilter), "happened_at")
    list_select_related = ("recipient",)
    search_fields = ("=subject_id",)
    found_by = columns_of("recipient")
    shown_of_others = (name_column_of("recipient"),)
    fields = ("recipient", "subject_kind", "subject_id", "url", "happened_at", "read_at")
