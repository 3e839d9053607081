"""Conversations for staff: their data and, with a recorded look, their messages."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from messaging import message_extras
from messaging.files.views import respond
from messaging.host import host
from messaging.models import Conversation, Message, Participant, Report
from messaging.moderation import actions as moderation
from trato.admin.bases import LargeAdmin, person_of
from trato.admin.filters import Happened
from trato.admin.reasons import ReasonForm
from trato.people import Person, columns_of, name_column_of

PAGE_SIZE = 200  # messages per page of a thread


class WithOpenReports(admin.SimpleListFilter):
    """Filter for conversations with open reports."""

    title = _("open reports")
    parameter_name = "reported"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("With open reports"))]

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Conversation]
    ) -> QuerySet[Conversation]:
        if self.value() != "yes":
            return queryset
        waiting = Report.objects.filter(outcome="", is_set_aside=False)
        of_messages = waiting.filter(message__conversation=OuterRef("pk"))
        as_a_whole = waiting.filter(conversation=OuterRef("pk"))
        return queryset.filter(Exists(of_messages) | Exists(as_a_whole))


@admin.register(Conversation)
class ConversationAdmin(LargeAdmin[Conversation]):
    """Conversations without their messages; reading the thread is a recorded look."""

    list_display = (
        "id", "consumer", "shop", "product_title", "last_sequence", "last_message_at",
        "thread_link",
    )  # fmt: skip
    list_filter = (WithOpenReports, "last_message_at", "created_at")
    list_select_related = ("consumer", "shop")
    search_fields = ("=pk",)
    found_by = (
        *columns_of("consumer"),
        f"shop__{host.shop_name_field}",
        f"product__{host.product_title_field}",
    )
    shown_of_others = (
        name_column_of("consumer"),
        f"shop__{host.shop_name_field}",
    )  # the live title may be a draft's
    fields = (
        "consumer", "shop", "product_title", "created_at", "last_message_at", "last_sequence",
        "thread_link",
    )  # fmt: skip

    @admin.display(description=_("thread"))
    def thread_link(self, conversation: Conversation) -> str:
        address = reverse("admin:conversation_thread", args=[conversation.pk])
        return format_html('<a href="{}">{}</a>', address, _("View (logged)"))

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:conversation_id>/thread/", wrap(self.thread), name="conversation_thread"),
            path(
                "<int:conversation_id>/thread/files/<int:file_id>/",
                wrap(self.file),
                name="conversation_file",
            ),
            *super().get_urls(),
        ]

    def thread(self, request: HttpRequest, conversation_id: int) -> HttpResponse:
        """Show a page of the thread, including removed messages: the last page, or `page`.

        Only the form on this page records a look, with a reason. Opening the URL writes nothing,
        because a link or picture on another site could open it in a moderator's name.
        """
        actor, status = person_of(request), 200
        form = ReasonForm(request.POST if request.method == "POST" else None)
        try:
            if request.method == "POST":
                status = 400
                if form.is_valid() and self._look(actor, conversation_id, form):
                    return HttpResponseRedirect(request.get_full_path())
            conversation, look = moderation.looked_into(actor, conversation_id)
        except Conversation.DoesNotExist as error:
            raise Http404("no such conversation") from error
        context = {
            **self.admin_site.each_context(request),
            "title": _("Conversation %(id)s") % {"id": conversation_id},
            "opts": Conversation._meta,
            "conversation": conversation,
            "look": look,
            "form": form,
        }
        if look:
            messages = conversation.messages.select_related("sender").prefetch_related("versions")
            messages = messages.order_by("sequence")
            pages = Paginator(messages.filter(created_at__lte=look.created_at), PAGE_SIZE)
            page = pages.get_page(request.GET.get("page", pages.num_pages))
            files = message_extras.files_of(message.pk for message in page if message.attached)
            context["history"], context["files"] = page, files
            context["newer"] = messages.filter(created_at__gt=look.created_at).count()
        return render(request, "admin/messaging/thread.html", context, status=status)

    def _look(self, actor: Person, conversation_id: int, form: ReasonForm) -> bool:
        """Record a look; return whether the reason is valid."""
        try:
            moderation.look(actor, conversation_id, form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error("reason", error)
        return not form.errors

    def file(self, request: HttpRequest, conversation_id: int, file_id: int) -> HttpResponse:
        """Send a file from a message that the recorded look lets the moderator read."""
        actor = person_of(request)
        try:
            conversation, look = moderation.looked_into(actor, conversation_id)
        except Conversation.DoesNotExist as error:
            raise Http404("no such conversation") from error
        seen = {"message__created_at__lte": look.created_at} if look else {"pk": None}
        row = get_object_or_404(conversation.files.filter(**seen), pk=file_id)
        return respond(request, row, "-small" if "small" in request.GET and row.is_image else "")


def thread_address(message: Message) -> str:
    """Return the URL of a message: its page of the thread, and its place on that page."""
    page = (message.sequence - 1) // PAGE_SIZE + 1  # sequences have no gaps
    thread = reverse("admin:conversation_thread", args=[message.conversation_id])
    return f"{thread}?page={page}#message-{message.sequence}"


@admin.register(Participant)
class ParticipantAdmin(LargeAdmin[Participant]):
    """Participants of conversations, and how far they have read."""

    list_display = ("id", "conversation", "user", "side", "last_read_sequence")
    list_filter = ("side",)
    list_select_related = ("conversation", "user")
    search_fields = ("=conversation",)
    found_by = columns_of("user")
    shown_of_others = (name_column_of("user"),)


@admin.register(Message)
class MessageAdmin(LargeAdmin[Message]):
    """Messages without their text: staff read it in the thread, where looks are recorded."""

    list_display = ("id", "conversation", "sequence", "sender", "side", "created_at", "removed_at")
    list_filter = ("side", ("removed_at", Happened), "created_at")
    list_select_related = ("conversation", "sender")
    search_fields = ("=conversation",)
    found_by = columns_of("sender")
    shown_of_others = (name_column_of("sender"),)
    fields = (
        "conversation", "sequence", "sender", "side", "created_at", "edited_at", "withdrawn_at",
        "removed_at",
    )  # fmt: skip
