"""Staff messages in the admin: list them all, write a message, and take one back."""

from functools import partial

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from messaging.models import Case, StaffMessage
from trato.admin.bases import LargeAdmin, person_of
from trato.admin.reasons import act_with_reason
from trato.people import columns_of, name_column_of

from . import actions
from .forms import WriteForm


@admin.register(StaffMessage)
class StaffMessageAdmin(LargeAdmin[StaffMessage]):
    """Staff messages to both sides of conversations."""

    list_display = ("id", "conversation", "author", "created_at", "taken_back_at")
    list_filter = ("created_at",)
    list_select_related = ("conversation", "author")
    search_fields = ("=conversation",)
    found_by = columns_of("author")
    shown_of_others = (name_column_of("author"),)
    fields = ("conversation", "case", "author", "body", "created_at", "taken_back_at", "acts")

    @admin.display(description=_("acts"))
    def acts(self, row: StaffMessage) -> str:
        if row.is_taken_back:
            return gettext("Both sides only see that there was one.")
        address = reverse("admin:staff_message_back", args=[row.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Take it back…"))

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("case/<int:case_id>/write/", wrap(self.write), name="staff_message_write"),
            path("<int:message_id>/take-back/", wrap(self.take_back), name="staff_message_back"),
            *super().get_urls(),
        ]

    def write(self, request: HttpRequest, case_id: int) -> HttpResponse:
        """Show the form for a message to both sides of a case's conversation, with a reason."""
        actor = person_of(request)
        get_object_or_404(Case, pk=case_id, closed_at=None, conversation__isnull=False)
        return act_with_reason(
            request,
            gettext("Write to both sides"),
            [partial(actions.write, actor, case_id)],
            model=StaffMessage,
            back=reverse("admin:messaging_case_change", args=[case_id]),
            allowed=actor.has_perm(actions.PERMISSION),
            consequences=gettext(
                "The message appears in the conversation, marked as one of our staff. Both sides "
                "are notified, also if one of them is muted or blocked."
            ),
            form_class=WriteForm,
        )

    def take_back(self, request: HttpRequest, message_id: int) -> HttpResponse:
        """Ask for the reason, and take a message back."""
        actor = person_of(request)
        row = get_object_or_404(StaffMessage, pk=message_id)
        return act_with_reason(
            request,
            gettext("Take the message back"),
            [partial(actions.take_back, actor, message_id)],
            model=StaffMessage,
            back=reverse("admin:messaging_staffmessage_change", args=[message_id]),
            allowed=actor.has_perm(actions.PERMISSION),
            about=row.body,
            consequences=gettext("Both sides then only see that there was one."),
        )
