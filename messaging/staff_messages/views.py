"""Mark staff messages as read over HTTP."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from trato.responses import PersonRequest, person_required

from . import actions


@require_POST
@person_required
def read(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Mark the notices of a conversation's staff messages as read."""
    actions.mark_read(request.user, conversation_id)
    return HttpResponse(status=204)
