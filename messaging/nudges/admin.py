"""Reminders in the admin: who has sent one, where and when. Staff can't change them."""

from django.contrib import admin

from messaging.models import Nudge
from trato.admin.bases import LargeAdmin
from trato.people import columns_of, name_column_of


@admin.register(Nudge)
class NudgeAdmin(LargeAdmin[Nudge]):
    list_display = ("id", "conversation", "side", "sender", "sent_at")
    list_filter = ("side", "sent_at")
    list_select_related = ("conversation", "sender")
    search_fields = ("=conversation",)
    found_by = columns_of("sender")
    shown_of_others = (name_column_of("sender"),)
