"""The page before a link that staff warn about."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from messaging import access
from messaging.message_warnings import link_at
from trato.responses import PersonRequest, person_required


@require_GET
@never_cache
@person_required
def leave(request: PersonRequest, conversation_id: int, sequence: int, place: int) -> HttpResponse:
    """Show where a link in a message leads, and what to look out for.

    The URL comes from the message as it is now, and only people who can read the message see it. So
    nobody can use this page to redirect other people.
    """
    conversation = access.conversation_for(request.user, conversation_id)
    message = conversation.messages.filter(sequence=sequence).first()
    link = None if message is None or message.is_hidden else link_at(message.body, place)
    if message is None or link is None or not (link.address or link.action):
        raise Http404("no such link")
    back = f"{conversation.page_of(sequence)}#message-{sequence}"
    values = {"message": message, "link": link, "back": back}
    return render(request, "messaging/links/leave.html", values)
