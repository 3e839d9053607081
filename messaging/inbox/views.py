"""The list of a person's conversations: the page, and its rows for scripts."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from messaging.host import host
from messaging.search import excerpts, words_of
from trato import rate_limits
from trato.pagination import PageRequest
from trato.responses import PersonRequest, person_required

from . import queries


@require_GET
@person_required
def conversation_list(request: PersonRequest) -> HttpResponse:
    """Show a person's conversations; for a seller, the inbox of their shops."""
    return render(request, "messaging/inbox/conversation_list.html", _list(request))


@require_GET
@person_required
def conversation_rows(request: PersonRequest) -> HttpResponse:
    """Return the rows of that page for its script.

    They have their own address: if they shared the page's, the Back button would show the rows that
    the browser fetched last.
    """
    return render(request, "messaging/inbox/_conversation_items.html", _list(request))


def _list(request: PersonRequest) -> dict[str, Any]:
    search = request.GET.get("q", "").strip()[:100].replace("\0", "")
    if search:
        rate_limits.hit("CONVERSATION_SEARCHES_PER_MINUTE", f"person-{request.user.pk}")
    unread_only = request.GET.get("unread") == "1"
    page = queries.conversation_list(
        request.user, PageRequest.from_query(request.GET), words=search, unread_only=unread_only
    )
    words = [word for word in words_of(search) if any(map(str.isalnum, word))]
    matches = excerpts.matches((row.pk for row in page.rows), words)
    for conversation in page.rows:
        if message := matches.get(conversation.pk):
            conversation.match = message
            conversation.match_sentence = excerpts.sentence(message.body, words)
            conversation.match_url = excerpts.address(conversation, message)
        side = conversation.side_of(request.user.pk)
        conversation.my_side = side
        conversation.counterpart = conversation.counterpart_of(side)
        conversation.counterpart_picture = conversation.counterpart_picture_of(side)
    is_seller = host.acts_as_seller(request.user)
    is_new = is_seller and not (page.rows or page.newer or search or unread_only)
    return {
        "page": page,
        "query": search,
        "unread_only": unread_only,
        "is_seller": is_seller,
        "before_first_question": host.before_first_question(request) if is_new else None,
        "browse_url": host.browse_url(),
    }
