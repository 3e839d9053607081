"""A team's notes over HTTP: JSON for scripts, and a form that works without them."""

import uuid

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from messaging import access
from messaging.models import conversation_url
from messaging.team.frames import NoteCreated, People
from trato.errors import Refused
from trato.responses import (
    STATUS,
    PersonRequest,
    counter_from,
    json_response,
    person_required,
    refusal_response,
    uuid_from,
    wants_json,
    with_retry_after,
)

from . import actions, mentions, queries


@require_http_methods(["GET", "POST"])
@person_required
def notes(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Return the notes and assignments after a team revision as JSON; POST adds a note."""
    if request.method == "POST":
        return _add(request, conversation_id)
    conversation = access.team_conversation_for(request.user, conversation_id)
    try:
        since = counter_from(request.GET.get("since", "0"))
    except Refused as refusal:
        return refusal_response(refusal)
    return json_response(queries.state_since(conversation, since))


@require_POST
@person_required
def read(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Mark the person's notices of mentions in the conversation, and of its assignment, as read."""
    actions.read_notices(request.user, conversation_id)
    return HttpResponse(status=204)


@require_GET
@person_required
def people(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Return the colleagues whom a note can mention, as JSON."""
    conversation = access.team_conversation_for(request.user, conversation_id)
    return json_response(People(mentions.colleagues(conversation.shop_id, request.user.pk)))


def _add(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Add a note; redirect a form to it, and return it to a script."""
    body, given = request.POST.get("body", ""), request.POST.get("client_id", "")
    try:
        client_id = uuid_from(given)
        if client_id is None:
            raise Refused("invalid", _("The note has no client ID."))
        note = actions.add(request.user, conversation_id, client_id, body)
    except Refused as refusal:
        if wants_json(request):
            return refusal_response(refusal, given[:64] or None)
        conversation = access.team_conversation_for(request.user, conversation_id)
        context = {
            "conversation": conversation,
            "note_body": body,
            "note_error": refusal.detail,
            # A new ID: a different text under a used one means that somebody went back to a sent
            # form.
            "note_client_id": uuid.uuid4(),
            "note_max_characters": settings.NOTE_MAX_CHARACTERS,
        }
        status = STATUS[refusal.code]
        response = render(request, "messaging/notes/add.html", context, status=status)
        return with_retry_after(response, refusal)
    if wants_json(request):
        return json_response(NoteCreated.of(note))
    return redirect(f"{conversation_url(conversation_id)}#note-{note.number}")
