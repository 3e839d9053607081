"""Held messages, for staff to work through."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils.text import Truncator
from django.utils.timesince import timesince
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from messaging.files.views import respond
from messaging.host import host
from messaging.models import HeldMessage
from trato.admin.bases import ReadOnlyAdmin, StaffAdmin, person_of
from trato.admin.reasons import act_with_reason
from trato.people import columns_of, name_column_of

from . import actions

WORDS = ("excerpt", "their_words", "quote")


def is_reviewer(request: HttpRequest) -> bool:
    """Whether the person has the task of deciding on held messages."""
    return person_of(request).has_perm("messaging.review_held_message")


class State(admin.SimpleListFilter):
    """Filter by state; shows waiting ones by default."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        others = [one for one in HeldMessage.State.choices if one[0] != HeldMessage.State.WAITING]
        return [*others, ("all", _("All"))]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for value, title in [(None, HeldMessage.State.WAITING.label), *self.lookup_choices]:
            address = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == value, "query_string": address, "display": title}

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[HeldMessage]
    ) -> QuerySet[HeldMessage]:
        chosen = self.value() or HeldMessage.State.WAITING
        return queryset if chosen == "all" else queryset.filter(state=chosen)


@admin.register(HeldMessage)
class HeldMessageAdmin(ReadOnlyAdmin, StaffAdmin[HeldMessage]):
    """Held messages, oldest first; each is decided on its own page."""

    list_display = ("id", "sender", "excerpt", "held_because", "age", "state")
    list_display_links = ("id",)
    list_filter = (State, "reason", "created_at")
    list_select_related = ("sender",)
    search_fields = columns_of("sender")
    shown_of_others = (name_column_of("sender"),)
    date_hierarchy = "created_at"
    ordering = ("created_at", "pk")
    fields = (
        "sender", "side", "conversation", "their_words", "quote", "held_because", "reason",
        "created_at", "state", "decided_at",
    )  # fmt: skip
    readonly_fields = ("their_words", "held_because")

    def get_list_display(self, request: HttpRequest) -> Any:
        return self._without_words(self.list_display, may_read=is_reviewer(request))

    def get_fields(self, request: HttpRequest, obj: HeldMessage | None = None) -> Any:
        may_read = is_reviewer(request) and (obj is None or actions.is_undecided(obj))
        return self._without_words(self.fields, may_read=may_read)

    def _without_words(self, names: Sequence[str], *, may_read: bool) -> list[str]:
        return [name for name in names if may_read or name not in WORDS]

    @admin.display(description=_("what they wrote"))
    def excerpt(self, row: HeldMessage) -> str:
        """Return the beginning of a message, as long as somebody has to decide on it.

        To read private text later, staff open the conversation, which is recorded.
        """
        return Truncator(row.body).chars(80) if row.state == HeldMessage.State.WAITING else ""

    @admin.display(description=_("what they wrote"))
    def their_words(self, row: HeldMessage) -> str:
        return row.body

    @admin.display(description=_("held because of"), ordering="reason")
    def held_because(self, row: HeldMessage) -> str:
        return row.held_for

    @admin.display(description=_("age"), ordering="created_at")
    def age(self, row: HeldMessage) -> str:
        return timesince(row.created_at, depth=1)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Render a message's page, with what can be done about it."""
        row = context["original"]
        may_read = is_reviewer(request) and actions.is_undecided(row)
        context["may_review"] = row.state == HeldMessage.State.WAITING and is_reviewer(request)
        context["files"] = row.files.order_by("position") if may_read else ()
        return super().render_change_form(request, context, *args, **kwargs)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:held_id>/release/", wrap(self.release), name="held_message_release"),
            path("<int:held_id>/files/<int:file_id>/", wrap(self.file), name="held_message_file"),
            *super().get_urls(),
        ]

    def file(self, request: HttpRequest, held_id: int, file_id: int) -> HttpResponse:
        """Send a held message's file to staff who may read its text, as long as they may."""
        if not is_reviewer(request):
            raise PermissionDenied
        row = get_object_or_404(HeldMessage, pk=held_id)
        if not actions.is_undecided(row):
            raise Http404("decided")
        file = get_object_or_404(row.files, pk=file_id)
        return respond(request, file, "-small" if "small" in request.GET and file.is_image else "")

    def release(self, request: HttpRequest, held_id: int) -> HttpResponse:
        """Release a message, with a reason. To reject it, staff make a decision instead."""
        actor = person_of(request)
        row = get_object_or_404(HeldMessage.objects.select_related("sender"), pk=held_id)
        return act_with_reason(
            request,
            gettext("Deliver this message"),
            [partial(actions.release, actor, held_id)],
            model=HeldMessage,
            back=reverse("admin:messaging_heldmessage_changelist"),
            allowed=is_reviewer(request),
            about=host.display_name(row.sender),
            consequences=gettext(
                "The other side gets it now, after what the sender wrote before it."
            ),
        )
