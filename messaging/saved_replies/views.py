"""Manage saved replies, and choose one for a conversation. All pages work without scripts."""

from collections.abc import Sequence

from django.contrib import messages as notices
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)
from msgspec import Struct

from messaging import access
from messaging.files.forms import FilesRefused, files_of, store_each
from messaging.files.views import respond, respond_thumbnail
from messaging.frames import FileItem
from messaging.host import Shop, host
from messaging.models import File, SavedReply, SavedReplyFile
from messaging.ownership import note_deleted
from trato.errors import Refused, missing
from trato.images.queue import Uploader
from trato.responses import (
    STATUS,
    PersonRequest,
    json_response,
    key_from,
    person_required,
    refusal_response,
    wants_json,
    with_retry_after,
)

from . import actions, attachments, filling, placeholders, queries
from .forms import SavedReplyForm

GONE = gettext_lazy("This saved reply is gone. A colleague may have deleted it.")
reply_required = missing(GONE, reverse_lazy("messaging:saved_replies"))


class Used(Struct, tag="saved_reply"):
    """The copies of a reply's files, which can be sent like uploaded ones."""

    files: list[FileItem]


@require_GET
@person_required
def reply_list(request: PersonRequest) -> HttpResponse:
    """List the replies of a person's shops and the person's own, most used first."""
    context = {"drawers": queries.drawers_for(request.user)}
    return render(request, "messaging/saved_replies/list.html", context)


@require_http_methods(["GET", "POST"])
@person_required
def new(request: PersonRequest) -> HttpResponse:
    """Add a reply to the shop in `?shop=`, or to the person's own replies."""
    shop = _shop(request)
    form = SavedReplyForm(request.POST or None)
    form.fields["revision"].disabled = True
    refusal = None
    kept: list[SavedReplyFile] = []
    if request.method == "POST":
        files, refused = _files(request, shop.pk if shop else None)
        if refused:
            form.add_error(None, refused)
        elif form.is_valid():
            try:
                actions.add(request.user, shop.pk if shop else None, **form.values, files=files)
            except ValidationError as errors:
                form.add_error(None, errors)
            except Refused as error:
                refusal = error
                form.add_error(None, str(error.detail))
            else:
                notices.success(request, _("Saved."))
                return redirect("messaging:saved_replies")
        kept = attachments.kept(request.user, files)
    return _form(request, form, shop, refusal, kept=kept)


@require_http_methods(["GET", "POST"])
@person_required
@reply_required
def edit(request: PersonRequest, reply_id: int) -> HttpResponse:
    """Change a reply."""
    reply = queries.reply_for(request.user, reply_id)
    form = SavedReplyForm(request.POST or None, instance=reply)
    refusal = None
    kept = list(reply.files.order_by("position"))
    if request.method == "POST":
        files, refused = _files(request, reply.shop_id)
        kept = attachments.kept(request.user, files)
        if refused:
            form.add_error(None, refused)
        elif form.is_valid():
            seen = form.cleaned_data["revision"]
            try:
                actions.change(request.user, reply_id, revision=seen, **form.values, files=files)
            except ValidationError as errors:
                form.add_error(None, errors)
            except Refused as error:
                refusal = error
            else:
                notices.success(request, _("Saved."))
                return redirect("messaging:saved_replies")
    if refusal is None:
        return _form(request, form, reply.shop, reply=reply, kept=kept)
    # Both texts are shown, and saving again replaces the colleague's.
    theirs = queries.reply_for(request.user, reply_id)
    form.data = {**request.POST.dict(), "revision": str(theirs.revision)}
    form.add_error(None, str(refusal.detail))
    return _form(request, form, reply.shop, refusal, theirs, is_newer=True, kept=kept)


@require_http_methods(["GET", "POST"])
@person_required
@reply_required
def delete(request: PersonRequest, reply_id: int) -> HttpResponse:
    """Ask whether to delete a reply, and delete it."""
    if request.method == "POST":
        note_deleted(request, actions.delete(request.user, reply_id))
        return redirect("messaging:saved_replies")
    reply = queries.reply_for(request.user, reply_id)
    context = {"reply": reply, "shop_name": host.shop_name(reply.shop) if reply.shop else ""}
    return render(request, "messaging/saved_replies/delete.html", context)


@require_GET
@person_required
def for_conversation(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Return all replies filled for a conversation: a page for people, JSON for scripts."""
    conversation = access.team_conversation_for(request.user, conversation_id)
    filler = filling.Filler(conversation, request.user)
    filled = filler.all(queries.usable_in(conversation, request.user))
    if wants_json(request):
        return json_response(filled)
    context = {"conversation": conversation, "filled": filled}
    return render(request, "messaging/saved_replies/choose.html", context)


@require_POST
@person_required
def use(request: PersonRequest, conversation_id: int, reply_id: int) -> HttpResponse:
    """Count one use of a reply, and copy its files.

    After a form, redirect to the conversation, where the composer has the text.
    """
    copies: list[File] = []
    address = reverse("messaging:conversation", args=[conversation_id])
    try:
        with missing(GONE, address):
            copies = actions.use(request.user, conversation_id, reply_id)
    except Refused as refusal:
        if wants_json(request):
            return refusal_response(refusal)
        notices.error(request, str(refusal.detail))
    if wants_json(request):
        if not copies:
            return HttpResponse(status=204)
        return json_response(Used([FileItem.of(row) for row in copies]))
    named = "".join(f"&file={row.pk}" for row in copies)
    return redirect(f"{address}?reply={reply_id}{named}#composer-body")


@require_safe
@person_required
def file(request: PersonRequest, file_id: int) -> HttpResponse:
    """Send a reply's file; with `?small`, its thumbnail."""
    row = attachments.file_for(request.user, file_id)
    return respond_thumbnail(request, row) if "small" in request.GET else respond(request, row)


def _files(request: PersonRequest, shop_id: int | None) -> tuple[list[int], str]:
    """Return the IDs of a form's files, and what is wrong with the others, which weren't stored."""

    def store(_place: int, content: UploadedFile[bytes], uploader: Uploader) -> int:
        return attachments.upload(request.user, shop_id, content, uploader).pk

    try:
        return store_each(request, store), ""
    except FilesRefused as refusal:
        return refusal.kept, str(refusal.detail)
    except Refused as refusal:
        return files_of(request), str(refusal.detail)


def _shop(request: PersonRequest) -> Shop | None:
    shops = queries.shops_for(request.user)
    if "shop" not in request.GET:
        return None
    chosen = key_from(request.GET["shop"])
    shop = next((shop for shop in shops if shop.pk == chosen), None)
    if shop is None:
        raise Http404("no such shop")
    return shop


def _form(
    request: PersonRequest,
    form: SavedReplyForm,
    shop: Shop | None,
    refusal: Refused | None = None,
    reply: SavedReply | None = None,
    *,
    is_newer: bool = False,
    kept: Sequence[SavedReplyFile] = (),
) -> HttpResponse:
    context = {
        "form": form,
        "kept_files": kept,
        "reply": reply,
        "is_newer": is_newer,
        "shop_name": host.shop_name(shop) if shop else "",
        "variables": [str(placeholders.Variable(name)) for name in placeholders.NAMES],
    }
    status = STATUS[refusal.code] if refusal else 400 if form.errors else 200
    response = render(request, "messaging/saved_replies/form.html", context, status=status)
    return with_retry_after(response, refusal) if refusal else response
