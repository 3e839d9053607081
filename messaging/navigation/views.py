"""Search within one conversation."""

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from messaging import access
from messaging.search import excerpts, words_of
from messaging.search.within import messages_with
from trato import rate_limits
from trato.errors import Refused
from trato.responses import PersonRequest, counter_from, person_required

MOST_CHARACTERS = 100  # of the words to search for


@require_GET
@person_required
def search(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Show the messages of a conversation that contain some words, newest first.

    Raises:
        Http404: the person doesn't take part in it, or there is no such page.
    """
    conversation = access.conversation_for(request.user, conversation_id)
    text = request.GET.get("words", "")[:MOST_CHARACTERS]
    words = words_of(text)
    try:
        before = counter_from(request.GET["before"]) if "before" in request.GET else None
    except Refused as refusal:
        raise Http404("no such page") from refusal
    if words:
        rate_limits.hit("CONVERSATION_SEARCHES_PER_MINUTE", f"person-{request.user.pk}")
    size = settings.MESSAGE_SEARCH_PAGE_SIZE
    rows, older = messages_with(conversation, text, before, size) if words else ([], None)
    results = [
        (row, excerpts.sentence(row.body, words), excerpts.address(conversation, row))
        for row in rows
    ]
    side = conversation.side_of(request.user.pk)
    context = {
        "conversation": conversation,
        "counterpart": conversation.counterpart_of(side),
        "words": text,
        "is_search": bool(words),
        "results": results,
        "older": older,
        "is_further": before is not None,
    }
    return render(request, "messaging/navigation/search.html", context)
