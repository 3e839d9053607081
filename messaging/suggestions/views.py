"""Suggestions over HTTP: loaded by a script once the conversation is drawn."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from trato import rate_limits
from trato.errors import Refused
from trato.responses import PersonRequest, json_response, person_required, refusal_response

from . import queries


@require_GET
@person_required
def suggestions(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Return past answers to a conversation's unanswered question, as JSON."""
    try:
        rate_limits.hit("SUGGESTIONS_PER_MINUTE", request.user.pk)
    except Refused as refusal:
        return refusal_response(refusal)
    return json_response(queries.suggestions_for(request.user, conversation_id))
