"""One conversation over HTTP: its page and form for people, JSON for scripts.

Everything works without JavaScript, and everything that a script does over the socket works here
too.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from trato.errors import Refused
from trato.people import Person
from trato.realtime import metrics
from trato.responses import (
    STATUS,
    PersonRequest,
    counter_from,
    json_response,
    key_from,
    person_required,
    refusal_response,
    uuid_from,
    wants_json,
    with_retry_after,
)

from . import access, actions, extras, frames, queries
from .context.product import product_of
from .context.queries import others_of
from .files.forms import FilesRefused, files_of, store_uploads
from .files.queries import unsent
from .models import Conversation, Message, Reaction, Side, conversation_url
from .notes import queries as notes
from .nudges import queries as nudges
from .reading import pixel
from .records import Quoted
from .resuming import state_of
from .saved_replies.filling import drafted
from .team import queries as team_queries
from .timeline import by_day
from .triage.panel import panel


@require_GET
@person_required
def conversation(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Show one conversation, with the form to reply; with `message`, lead to its place there."""
    conversation = access.conversation_for(request.user, conversation_id, with_hours=True)
    if sequence := _number(request.GET.get("message")):
        return redirect(f"{conversation.page_of(sequence)}#message-{sequence}")
    draft = drafted(conversation, request.user, request.GET.get("reply", ""))
    files = [key_from(text) for text in request.GET.getlist("file")]  # of the reply
    return _thread(request, conversation, draft=draft, kept_files=files)


@require_GET
@person_required
def messages(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Return as JSON what changed since a revision, or a page of messages before a sequence."""
    conversation = access.conversation_for(request.user, conversation_id)
    try:
        if "before" in request.GET:
            rows, more = queries.messages_before(conversation, counter_from(request.GET["before"]))
            marks = queries.read_marks(conversation, request.user)
            nudged = nudges.holding(conversation)
            state = frames.page(
                conversation, rows, more=more, read=marks, nudged=nudged, resuming=False
            )
            return json_response(state)
        since = counter_from(request.GET.get("since", "0"))
    except Refused as refusal:
        return refusal_response(refusal)
    if since:
        metrics.resumes.labels("http").inc()
    return json_response(state_of(conversation, since, request.user))


@require_POST
@person_required
def new_message(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Send a message: a form is redirected to the thread, a script gets the acknowledgement."""
    body, given = request.POST.get("body", ""), request.POST.get("client_id", "")
    send = actions.send_over_http if wants_json(request) else actions.send_from_form
    files = files_of(request)
    try:
        client_id = _client_id(given)
        quote = counter_from(request.POST["quote"]) if request.POST.get("quote") else None
        if request.FILES:
            files = store_uploads(request, conversation_id, client_id)
        sent = send(request.user, conversation_id, client_id, body, files, quote)
    except Refused as refusal:
        if wants_json(request):
            return refusal_response(refusal, given[:64] or None)
        conversation = access.conversation_for(request.user, conversation_id)
        kept = refusal.kept if isinstance(refusal, FilesRefused) else files
        response = _thread(request, conversation, refusal=refusal, draft=body, kept_files=kept)
        return with_retry_after(response, refusal)
    if wants_json(request):
        return json_response(frames.MessageAnswer.of(sent))
    return redirect(f"{conversation_url(sent.conversation_id)}#message-{sent.sequence}")


def _thread(
    request: PersonRequest,
    conversation: Conversation,
    *,
    refusal: Refused | None = None,
    draft: str = "",
    kept_files: Sequence[int] = (),
) -> HttpResponse:
    side = conversation.side_of(request.user.pk)
    try:
        before = counter_from(request.GET["before"]) if "before" in request.GET else None
    except Refused as error:
        raise Http404("no such page") from error
    rows, has_older = (
        queries.messages_before(conversation, before)
        if before
        else queries.latest_messages(conversation)
    )
    extras.load(rows)
    marks, own_mark, own = queries.read_marks_and_own(conversation, request.user)
    first_unread = next(
        (row.sequence for row in rows if row.sequence > own_mark and row.side != side), None
    )
    team = (
        _team_part(request.user, conversation, rows, has_older, before)
        if side is Side.SELLER
        else {}
    )
    context = {
        "conversation": conversation,
        "side": side,
        "counterpart": conversation.counterpart_of(side),
        "counterpart_picture": conversation.counterpart_picture_of(side),
        "history": by_day(rows, team.get("team_rows", ()), first_unread),
        "oldest": rows[0].sequence if rows else 0,
        "has_older": has_older,
        "before": before,
        "triage": panel(conversation, side, own),
        "read": marks,
        "read_by_other": marks[side.other],
        "first_unread": first_unread,
        "nudge": nudges.panel(conversation, side),
        "max_characters": settings.MESSAGE_MAX_CHARACTERS,
        "client_id": uuid.uuid4(),
        "form_error": refusal.detail if refusal else None,
        "draft": draft,
        "read_mark": pixel.signature(request.user.pk, conversation.pk, conversation.last_sequence),
        "product": product_of(conversation),
        "kept_files": unsent(request.user, kept_files) if kept_files else (),
        "files_max": settings.MESSAGE_FILES_MAX,
        "quoting": _quoting(request, conversation),
        "edit_minutes": settings.MESSAGE_EDIT_MINUTES,
        "withdraw_hours": settings.MESSAGE_WITHDRAW_HOURS,
        "reactions": Reaction.Kind.values,
        "reaction_names": Reaction.Kind.labels,
        "file_max_bytes": settings.FILE_MAX_BYTES,
        **team,
    }
    status = STATUS[refusal.code] if refusal else 200
    return render(request, "messaging/conversation.html", context, status=status)


def _quoting(request: PersonRequest, conversation: Conversation) -> Quoted | None:
    """Return the message that the person is about to quote, without scripts."""
    sequence = _number(request.POST.get("quote") or request.GET.get("quote"))
    return extras.quoted_in(conversation, sequence) if sequence else None


def _number(text: str | None) -> int:
    """Return the number of a message from an address or a form; 0 if there is none."""
    try:
        return counter_from(text) if text else 0
    except Refused:
        return 0


def _team_part(
    user: Person,
    conversation: Conversation,
    rows: list[Message],
    has_older: bool,
    before: int | None,
) -> dict[str, Any]:
    """Return what only the team sees on the page: its rows between these messages, the context."""
    start = rows[0].created_at if rows and has_older else None
    end = queries.time_of(conversation, before) if before else None
    revision = notes.team_revision(conversation)
    own_notes, last = notes.notes_between(conversation, start, end) if revision else ([], None)
    assignments = team_queries.assignments_between(conversation, start, end) if revision else []
    is_told = any(user.pk in note.mentions for note in own_notes) or any(
        row.assignee_id == user.pk != row.actor_id for row in assignments
    )
    return {
        "team_revision": revision,
        "notes": own_notes,
        "team_rows": [*own_notes, *assignments],
        "last_note": last,
        "others": others_of(conversation),
        "unread_notices": is_told and notes.unread_notices(conversation, user).exists(),
        "note_client_id": uuid.uuid4(),
        "note_max_characters": settings.NOTE_MAX_CHARACTERS,
        "looking_repeat": settings.LOOKING_REPEAT_SECONDS,
        "looking_expires": settings.LOOKING_EXPIRES_SECONDS,
    }


def _client_id(text: str) -> uuid.UUID:
    client_id = uuid_from(text)
    if client_id is None:
        raise Refused("invalid", _("The message has no client ID."))
    return client_id
