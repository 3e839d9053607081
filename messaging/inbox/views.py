"""The list of a person's conversations: the page, its rows for scripts, and JSON."""

import math
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_GET

from messaging import access
from messaging.filtering import queries as filtering
from messaging.filtering.filters import NAMES, WAITING, Filter, filter_from, parsed
from messaging.held import queries as held
from messaging.host import host
from messaging.models import Conversation, Note, SavedView
from messaging.saved_views import queries as saved_views
from messaging.saved_views.forms import SavedViewForm
from messaging.search import excerpts, words_of
from trato import rate_limits
from trato.pagination import Page, PageRequest
from trato.responses import PersonRequest, json_response, key_from, person_required, wants_json

from . import frames, queries
from .rows import Marks, labels_of, marks_of, team_of

ROWS_MAX = 25  # conversations that a script requests by ID


@require_GET
@person_required
def conversation_list(request: PersonRequest) -> HttpResponse:
    """Show a person's conversations; for a seller, the inbox of their shops."""
    if wants_json(request):
        response = _json(request)
    else:
        response = _drawn(request, "messaging/inbox/conversation_list.html")
    patch_vary_headers(response, ["Accept"])
    return response


@require_GET
@person_required
def conversation_rows(request: PersonRequest) -> HttpResponse:
    """Return the list's rows for its script; with `conversation`, only the rows with these IDs.

    They have a separate URL: if they shared the page's, the Back button would show the rows that
    the browser fetched last.
    """
    return _drawn(request, "messaging/inbox/_conversation_items.html")


def _drawn(request: PersonRequest, template: str) -> HttpResponse:
    context = _list(request)
    is_unknown = context["is_outdated"] and context["view"] is None
    return render(request, template, context, status=404 if is_unknown else 200)


def _json(request: PersonRequest) -> HttpResponse:
    scope = access.scope_of(request.user)
    page, marks = _page(request, scope, _filter(request, scope))
    return json_response(
        frames.ConversationList(
            rows=[frames.Row.of(row, marks[row.pk]) for row in page.rows],
            counts=filtering.counts_of(scope),
            next=str(page.older) if page.older else None,
        )
    )


def _list(request: PersonRequest) -> dict[str, Any]:
    scope = access.scope_of(request.user)
    views = saved_views.views_in(scope)
    wanted, view, is_outdated = _filter_or_view(request, scope, views)
    page, marks = (Page([]), {}) if is_outdated else _page(request, scope, wanted)
    for row in page.rows:
        row.marks = marks[row.pk]
    is_seller = host.acts_as_seller(request.user)
    is_whole = not (page.newer or is_outdated or wanted != Filter())
    is_empty = is_whole and not page.rows
    # Sellers rarely ask other shops, and their list takes enough queries already.
    asks_held = is_empty or (is_whole and not is_seller)
    only_held = held.with_nothing_else(request.user, ROWS_MAX) if asks_held else []
    first_steps = host.before_first_question(request) if is_empty and is_seller else None
    counts, wakes_at = filtering.counts_and_waking(scope)
    return {
        "page": page,
        "filter": wanted,
        "views": views,
        "view": view,
        "is_outdated": is_outdated,
        "view_form": None if is_outdated else _view_form(scope, wanted, view),
        "query": wanted.words,
        "counts": counts,
        "wakes_in": _seconds_until(wakes_at) if wakes_at else "",
        "page_size": settings.CONVERSATION_PAGE_SIZE,
        "kept": [(name, request.GET[name]) for name in NAMES if request.GET.get(name)],
        "is_seller": is_seller,
        "has_shop": bool(scope.shop_ids),
        "by_waiting": wanted.sort == WAITING,
        "labels": labels_of(scope),
        "team": team_of(scope),
        "before_first_question": first_steps,
        "only_held": only_held,
        "browse_url": host.browse_url(),
    }


def _filter_or_view(
    request: PersonRequest, scope: access.Scope, views: list[SavedView]
) -> tuple[Filter, SavedView | None, bool]:
    """Return the filter, the saved view with it, and whether something it names no longer exists.

    Raises:
        Http404: it contains an impossible ID.
    """
    named = parsed(request.GET)
    view = next((one for one in views if one.query == named.query), None)
    try:
        return _filter(request, scope), view, False
    except Http404:
        return named, view, True


def _view_form(scope: access.Scope, wanted: Filter, view: SavedView | None) -> SavedViewForm | None:
    """Return the form that saves the filter; None if there is nothing to save."""
    if view or not wanted.query:
        return None
    return SavedViewForm(access.shops_in(scope), initial={"query": wanted.query})


def _seconds_until(at: datetime) -> int:
    return math.ceil((at - timezone.now()).total_seconds()) + 1


def _filter(request: PersonRequest, scope: access.Scope) -> Filter:
    wanted = filter_from(request.GET, scope)
    if wanted.words:
        rate_limits.hit("CONVERSATION_SEARCHES_PER_MINUTE", f"person-{request.user.pk}")
    return wanted


def _page(
    request: PersonRequest, scope: access.Scope, wanted: Filter
) -> tuple[Page[Conversation], dict[int, Marks]]:
    ids = [key_from(text) for text in request.GET.getlist("conversation")[:ROWS_MAX]]
    if ids:
        page = Page(queries.conversations_in(request.user, scope, wanted, ids))
    else:
        start = PageRequest.from_query(request.GET)
        page = queries.conversation_list(request.user, start, only=wanted, scope=scope)
    for row in page.rows:
        side = row.side_of(request.user.pk)
        row.my_side = side
        row.counterpart = row.counterpart_of(side)
        row.counterpart_picture = row.counterpart_picture_of(side)
    _show_matches(page.rows, wanted.words, request.user.pk)
    return page, marks_of(request.user, page.rows)


def _show_matches(rows: list[Conversation], text: str, user_id: int) -> None:
    words = [word for word in words_of(text) if any(map(str.isalnum, word))]
    matches = excerpts.matches(rows, words, user_id)
    for row in rows:
        row.match = match = matches.get(row.pk)
        row.match_is_note = isinstance(match, Note)
        if match:
            row.match_sentence = excerpts.sentence(match.body, words)
            row.match_url = excerpts.address(row, match)
        if words:
            row.counterpart_parts = excerpts.marked(row.counterpart, words)
            row.title_parts = excerpts.marked(row.product_title, words)
