"""Withdraw a held message over HTTP."""

import uuid

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from messaging.held.frames import MessageRejected
from messaging.models import conversation_url
from trato.errors import missing
from trato.responses import PersonRequest, json_response, person_required, wants_json

from . import actions


@require_POST
@person_required
def withdraw(request: PersonRequest, conversation_id: int, client_id: uuid.UUID) -> HttpResponse:
    """Withdraw a held message, or hide a rejected one."""
    gone = _("This message is no longer being checked. It may have been delivered.")
    with missing(gone, conversation_url(conversation_id)):
        actions.withdraw(request.user, conversation_id, client_id)
    if wants_json(request):
        return json_response(MessageRejected(client_id, conversation_id))
    notices.success(request, _("You've taken the message back. Nobody has seen it."))
    return redirect(conversation_url(conversation_id))
