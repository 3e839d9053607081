"""Announcements in the admin: leads write, send and withdraw them; moderators and auditors read."""

from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.formats import number_format
from django.utils.translation import gettext, ngettext, override
from django.utils.translation import gettext_lazy as _

from notifications.words import announcement_sender
from trato.admin.bases import StaffAdmin, person_of
from trato.admin.reasons import act_with_reason

from . import actions, queries
from .forms import TEXT_FIELDS, AnnouncementForm, SendForm
from .models import Announcement

State = Announcement.State


@admin.register(Announcement)
class AnnouncementAdmin(StaffAdmin[Announcement]):
    """Drafts can be changed and deleted. An announcement that was sent can only be withdrawn."""

    form = AnnouncementForm
    list_display = ("id", "title", "audience", "state", "sent_at", "expires_at", "people")
    list_filter = ("state", "audience")
    search_fields = ("=id",)
    actions = None
    view_on_site = False  # most staff aren't among the recipients
    change_form_template = "admin/notifications/announcement/change_form.html"

    @admin.display(description=_("title"))
    def title(self, row: Announcement) -> str:
        return row.text.title

    def get_fields(self, request: HttpRequest, obj: Announcement | None = None) -> Any:
        if self.has_change_permission(request, obj):
            return ("audience", *TEXT_FIELDS, "link", "shown_days")
        shown = ("audience", "link", "state", "people", "shown_days")
        return (*shown, "created_at", "sent_at", "expires_at", "withdrawn_at")

    def has_change_permission(self, request: HttpRequest, obj: Announcement | None = None) -> bool:
        return _is_draft(obj) and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Announcement | None = None) -> bool:
        return _is_draft(obj) and super().has_delete_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: Announcement, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and not set(TEXT_FIELDS).isdisjoint(form.changed_data):
            obj.save(update_fields=["texts"])

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Show an announcement as people see it, with what this staff member can do with it."""
        row = context.get("original")
        if row:
            may_send = person_of(request).has_perm(actions.MAY_SEND)
            context["previews"], context["announcement"] = previews(row), row
            context["unfilled"] = ", ".join(actions.unfilled(row))
            context["may_send"] = may_send and row.state == State.DRAFT and not context["unfilled"]
            context["may_withdraw"] = may_send and row.state == State.SENT
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:announcement_id>/send/", wrap(self.send), name="announcement_send"),
            path(
                "<int:announcement_id>/withdraw/", wrap(self.withdraw), name="announcement_withdraw"
            ),
            *super().get_urls(),
        ]

    def send(self, request: HttpRequest, announcement_id: int) -> HttpResponse:
        """Send a draft, after showing it in each language."""
        row = get_object_or_404(Announcement, pk=announcement_id)
        number = queries.people_in(row.audience).count()
        addressed = ngettext(
            "%(number)s person gets it at once, as a notification and on open pages.",
            "%(number)s people get it at once, as a notification and on open pages.",
            number,
        )
        return self._act(
            request,
            row,
            gettext("Send this announcement"),
            partial(actions.send, person_of(request), announcement_id),
            consequences=addressed % {"number": number_format(number, force_grouping=True)},
            form_class=SendForm,
            initial={"version": actions.version_of(row)},
        )

    def withdraw(self, request: HttpRequest, announcement_id: int) -> HttpResponse:
        """Withdraw an announcement, with a reason."""
        row = get_object_or_404(Announcement, pk=announcement_id)
        return self._act(
            request,
            row,
            gettext("Withdraw this announcement"),
            partial(actions.withdraw, person_of(request), announcement_id),
            consequences=gettext(
                "It disappears from everybody's notifications and badges at once. People who have "
                "read it don't learn why. It can't be sent again."
            ),
        )

    def _act(
        self, request: HttpRequest, row: Announcement, title: str, act: Any, **kwargs: Any
    ) -> HttpResponse:
        return act_with_reason(
            request,
            title,
            [act],
            model=Announcement,
            back=reverse("admin:notifications_announcement_change", args=[row.pk]),
            allowed=person_of(request).has_perm(actions.MAY_SEND),
            about=f"{row.get_audience_display()}: {row.text.title}",
            template="admin/notifications/announcement/act.html",
            shown={"previews": previews(row), "announcement": row},
            **kwargs,
        )


def previews(row: Announcement) -> list[dict[str, Any]]:
    """Return what people will see, in each language."""
    rows = []
    for code, name in settings.LANGUAGES:
        with override(code):
            sender = announcement_sender()
        rows.append({"code": code, "name": name, "sender": sender, "text": row.text_in(code)})
    return rows


def _is_draft(row: Announcement | None) -> bool:
    return row is None or row.state == State.DRAFT
