"""Block and unblock over HTTP, and the page with a person's blocks."""

from django.contrib import messages as notices
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from messaging import access
from messaging.models import conversation_url
from trato.errors import Refused
from trato.pagination import PageRequest
from trato.responses import (
    PersonRequest,
    json_response,
    person_required,
    refusal_response,
    wants_json,
)

from . import actions, queries
from .frames import BlockChanged

ACTS = {"block": actions.block, "unblock": actions.unblock}


@require_http_methods(["GET", "POST"])
@person_required
def block(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Explain what blocking the other side does; block or unblock it (`act`).

    A form is redirected to `next` or the conversation, a script gets `block.changed`.
    """
    conversation = access.conversation_for(request.user, conversation_id)
    side = conversation.side_of(request.user.pk)
    name = conversation.counterpart_of(side)
    if request.method == "GET":
        context = {
            "conversation": conversation,
            "side": side,
            "counterpart": name,
            "is_blocked": conversation.is_blocked_by(side),
        }
        return render(request, "messaging/blocks/block.html", context)
    given = request.POST.get("act", "")
    try:
        if given not in ACTS:
            raise Refused("invalid", _("Choose what to do."))
        ACTS[given](request.user, conversation_id)
    except Refused as refusal:
        if wants_json(request):
            return refusal_response(refusal)
        notices.error(request, str(refusal.detail))
        return HttpResponseRedirect(_next(request, conversation_id))
    is_blocked = given == "block"
    if wants_json(request):
        return json_response(BlockChanged(conversation_id, is_blocked))
    text = _("You've blocked %(name)s.") if is_blocked else _("You've unblocked %(name)s.")
    back = _next(request, conversation_id)
    context = {
        "text": text % {"name": name},
        "conversation_id": conversation_id,
        "act": "unblock" if is_blocked else "block",
        "next": back,
    }
    notices.success(request, render_to_string("messaging/blocks/_done.html", context, request))
    return HttpResponseRedirect(back)


@require_GET
@person_required
def blocks(request: PersonRequest) -> HttpResponse:
    """Show whom the person and their shops have blocked."""
    scope = access.scope_of(request.user)
    page = queries.page_of(scope, PageRequest.from_query(request.GET))
    context = {
        "page": page,
        "rows": [queries.shown(row) for row in page.rows],
        "has_shops": bool(scope.shop_ids),
        "next": request.get_full_path(),
    }
    return render(request, "messaging/blocks/blocks.html", context)


def _next(request: PersonRequest, conversation_id: int) -> str:
    url = request.POST.get("next", "")
    is_here = url_has_allowed_host_and_scheme(url, {request.get_host()}, request.is_secure())
    return url if is_here else conversation_url(conversation_id)
