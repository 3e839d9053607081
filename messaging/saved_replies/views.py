"""Managing saved replies, and choosing one for a conversation. All of it works without scripts."""

from django.contrib import messages as notices
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from messaging.host import Shop, host
from messaging.models import SavedReply
from trato.errors import Refused
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

from . import actions, filling, placeholders, queries
from .forms import SavedReplyForm


@require_GET
@person_required
def reply_list(request: PersonRequest) -> HttpResponse:
    """List the replies of a person's shops and the person's own, the most used first."""
    context = {"drawers": queries.drawers_for(request.user)}
    return render(request, "messaging/saved_replies/list.html", context)


@require_http_methods(["GET", "POST"])
@person_required
def new(request: PersonRequest) -> HttpResponse:
    """Add a reply to those of the shop in `?shop=`, or to one's own."""
    shop = _shop(request)
    form = SavedReplyForm(request.POST or None)
    form.fields["revision"].disabled = True
    status, refusal = 200, None
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                actions.add(request.user, shop.pk if shop else None, **form.values)
            except ValidationError as errors:
                form.add_error(None, errors)
            except Refused as error:
                refusal, status = error, STATUS[error.code]
                form.add_error(None, str(error.detail))
            else:
                notices.success(request, _("Saved."))
                return redirect("messaging:saved_replies")
    return _form(request, form, shop, status, refusal)


@require_http_methods(["GET", "POST"])
@person_required
def edit(request: PersonRequest, reply_id: int) -> HttpResponse:
    """Change a reply."""
    reply = queries.reply_for(request.user, reply_id)
    form = SavedReplyForm(request.POST or None, instance=reply)
    status, refusal = 200, None
    if request.method == "POST":
        status = 400
        if form.is_valid():
            seen = form.cleaned_data["revision"]
            try:
                actions.change(request.user, reply_id, revision=seen, **form.values)
            except ValidationError as errors:
                form.add_error(None, errors)
            except Refused as error:
                refusal, status = error, STATUS[error.code]
            else:
                notices.success(request, _("Saved."))
                return redirect("messaging:saved_replies")
    if refusal is None:
        return _form(request, form, reply.shop, status, refusal, reply)
    # Both texts are shown, and saving again replaces the colleague's.
    theirs = queries.reply_for(request.user, reply_id)
    form.data = {**request.POST.dict(), "revision": str(theirs.revision)}
    form.add_error(None, str(refusal.detail))
    return _form(request, form, reply.shop, status, refusal, theirs, is_newer=True)


@require_http_methods(["GET", "POST"])
@person_required
def delete(request: PersonRequest, reply_id: int) -> HttpResponse:
    """Ask whether to delete a reply, and delete it."""
    reply = queries.reply_for(request.user, reply_id)
    if request.method == "POST":
        actions.delete(request.user, reply_id)
        notices.success(request, _("“%(name)s” was deleted.") % {"name": reply.name})
        return redirect("messaging:saved_replies")
    context = {"reply": reply, "shop_name": host.shop_name(reply.shop) if reply.shop else ""}
    return render(request, "messaging/saved_replies/delete.html", context)


@require_GET
@person_required
def for_conversation(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Return all replies filled for a conversation: a page for people, JSON for scripts."""
    conversation = queries.conversation_of_seller(request.user, conversation_id)
    filler = filling.Filler(conversation, request.user)
    filled = filler.all(queries.usable_in(conversation, request.user))
    if wants_json(request):
        return json_response(filled)
    context = {"conversation": conversation, "filled": filled}
    return render(request, "messaging/saved_replies/choose.html", context)


@require_POST
@person_required
def use(request: PersonRequest, conversation_id: int, reply_id: int) -> HttpResponse:
    """Count that a reply is used; a form is redirected to the conversation with the text."""
    try:
        actions.count_use(request.user, conversation_id, reply_id)
    except Refused as refusal:
        if wants_json(request):
            return refusal_response(refusal)
    if wants_json(request):
        return HttpResponse(status=204)
    address = reverse("messaging:conversation", args=[conversation_id])
    return redirect(f"{address}?reply={reply_id}#composer-body")


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
    status: int,
    refusal: Refused | None,
    reply: SavedReply | None = None,
    *,
    is_newer: bool = False,
) -> HttpResponse:
    context = {
        "form": form,
        "reply": reply,
        "is_newer": is_newer,
        "shop_name": host.shop_name(shop) if shop else "",
        "variables": [str(placeholders.Variable(name)) for name in placeholders.NAMES],
    }
    response = render(request, "messaging/saved_replies/form.html", context, status=status)
    return with_retry_after(response, refusal) if refusal else response
