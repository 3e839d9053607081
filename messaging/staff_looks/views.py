"""The page that shows when staff looked into a conversation."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from messaging import access
from trato.pagination import PageRequest
from trato.responses import PersonRequest, person_required

from . import queries


@require_GET
@person_required
def looks(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Show both sides when staff looked, and why, but not who looked."""
    conversation = access.conversation_for(request.user, conversation_id)
    context = {
        "conversation": conversation,
        "counterpart": conversation.counterpart_of(conversation.side_of(request.user.pk)),
        "page": queries.page_of(conversation, PageRequest.from_query(request.GET)),
        "hours": settings.LOOKS_SHOWN_AFTER_HOURS,
    }
    return render(request, "messaging/staff_looks/looks.html", context)
