"""Reminders over HTTP: by a form or a script."""

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from messaging.models import conversation_url
from trato.errors import Refused
from trato.responses import (
    PersonRequest,
    json_response,
    person_required,
    refusal_response,
    wants_json,
)

from . import actions
from .frames import NudgeSent


@require_POST
@person_required
def nudge(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Send a reminder; redirect a form to the conversation, and return `nudge.sent` to a script."""
    try:
        row = actions.send(request.user, conversation_id)
    except Refused as refusal:
        if wants_json(request):
            return refusal_response(refusal)
        notices.error(request, str(refusal.detail))
        return redirect(conversation_url(conversation_id))
    if wants_json(request):
        return json_response(NudgeSent.of(row))
    notices.success(request, _("Reminder sent."))
    return redirect(conversation_url(conversation_id))


@require_POST
@person_required
def read(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Mark the notice of a reminder as read."""
    actions.mark_read(request.user, conversation_id)
    return HttpResponse(status=204)
