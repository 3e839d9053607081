"""Notifications for staff, who can see whether somebody was notified."""

from datetime import datetime

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from trato.admin.bases import LargeAdmin
from trato.admin.filters import Happened
from trato.people import columns_of, name_column_of

from .announcements.admin import AnnouncementAdmin
from .models import Notification

__all__ = ("AnnouncementAdmin", "NotificationAdmin")


@admin.register(Notification)
class NotificationAdmin(LargeAdmin[Notification]):
    """Notifications without their text: staff read it in the conversation, which is recorded."""

    list_display = ("id", "recipient", "subject_kind", "subject_id", "happened_at", "read_at")
    list_filter = (("read_at", Happened),)
    list_select_related = ("recipient", "news")
    search_fields = ("=news__subject_id",)
    found_by = columns_of("recipient")
    shown_of_others = (name_column_of("recipient"),)
    fields = ("recipient", "subject_kind", "subject_id", "url", "happened_at", "read_at")

    @admin.display(description=_("kind of subject"))
    def subject_kind(self, row: Notification) -> str:
        return row.news.subject_kind

    @admin.display(description=_("subject ID"))
    def subject_id(self, row: Notification) -> int:
        return row.news.subject_id

    @admin.display(description=_("address"))
    def url(self, row: Notification) -> str:
        return row.news.url

    @admin.display(description=_("last time"))
    def happened_at(self, row: Notification) -> datetime:
        return row.news.happened_at
