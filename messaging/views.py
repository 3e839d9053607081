"""One conversation over HTTP: its page and form for people, JSON for scripts.

Everything works without JavaScript, and everything that a script does over the socket works here
too.
"""

import json
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

from . import access, actions, frames, message_extras, message_warnings, queries
from .context.product import product_of
from .context.queries import others_of
from .files.forms import FilesRefused, files_of, store_uploads
from .files.queries import unsent
from .held import queries as held
from .held.frames import held_frame
from .models import Conversation, Reaction, Side, conversation_url
from .navigation import queries as navigation
from .navigation.forms import place_of_day
from .notes import queries as notes
from .nudges import queries as nudges
from .queries import Window
from .reading import pixel
from .recall.queries import recall_advice
from .records import Held, Quoted
from .resuming import state_of
from .rules.forms import answered
from .saved_replies.filling import drafted
from .scam_warnings.queries import add_dismissed, hide_dismissed
from .staff_looks.queries import any_shown
from .staff_messages import queries as staff_messages
from .staff_messages.frames import add_to as add_staff_messages
from .team import queries as team_queries
from .timeline import by_day
from .triage.panel import panel


@require_GET
@person_required
def conversation(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Show one conversation, with the form to reply.

    With `message` or `date`, redirect to that place in it. Without a place, start reading at the
    first unread message.
    """
    conversation = access.conversation_for(request.user, conversation_id, with_hours=True)
    sequence, refused_day = _number(request.GET.get("message")), ""
    try:
        if "date" in request.GET:
            sequence = place_of_day(conversation, request.GET["date"])
    except Refused as refusal:
        refused_day = str(refusal.detail)
    if sequence:
        return redirect(f"{conversation.page_of(sequence)}#message-{sequence}")
    draft = drafted(conversation, request.user, request.GET.get("reply", ""))
    files = [key_from(text) for text in request.GET.getlist("file")]  # of the reply
    return _thread(request, conversation, draft=draft, kept_files=files, refused_day=refused_day)


@require_GET
@person_required
def messages(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Return as JSON what changed since a revision, or a page before, after or around a message."""
    conversation = access.conversation_for(request.user, conversation_id)
    try:
        window = navigation.named_window(conversation, request.GET)
        since = counter_from(request.GET.get("since", "0"))
    except Refused as refusal:
        return refusal_response(refusal)
    if window:
        more = window.has_newer if "after" in request.GET else window.has_older
        marks = queries.read_marks(conversation, request.user)
        nudged = nudges.holding(conversation, window.messages)
        state = frames.window(
            conversation,
            window,
            more=more,
            read=marks,
            nudged=nudged,
            blocked=conversation.is_blocked_by(conversation.side_of(request.user.pk)),
        )
        add_staff_messages(state, conversation)
        return json_response(add_dismissed(state, conversation, request.user.pk))
    if since:
        metrics.resumes.labels("http").inc()
    return json_response(state_of(conversation, since, request.user))


@require_POST
@person_required
def new_message(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Send a message: a form is redirected to the thread, a script gets the acknowledgement."""
    (body, insists), given = answered(request.POST), request.POST.get("client_id", "")
    send = actions.send_over_http if wants_json(request) else actions.send_from_form
    files = files_of(request)
    try:
        client_id = _client_id(given)
        quote = counter_from(request.POST["quote"]) if request.POST.get("quote") else None
        if request.FILES:
            files = store_uploads(request, conversation_id, client_id)
        more = actions.Extras(files=files, quote=quote, insists=insists)
        sent = send(request.user, conversation_id, client_id, body, **more)
    except Refused as refusal:
        if wants_json(request):
            return refusal_response(refusal, given[:64] or None)
        conversation = access.conversation_for(request.user, conversation_id)
        kept = refusal.kept if isinstance(refusal, FilesRefused) else files
        response = _thread(request, conversation, refusal=refusal, draft=body, kept_files=kept)
        return with_retry_after(response, refusal)
    if isinstance(sent, Held):
        if wants_json(request):
            return json_response(held_frame(sent), 202)
        return redirect(f"{conversation_url(conversation_id)}#held")
    if wants_json(request):
        return json_response(frames.MessageAnswer.of(sent))
    place = f"?around={sent.sequence}#message-{sent.sequence}"
    return redirect(conversation_url(sent.conversation_id) + place)


def _thread(
    request: PersonRequest,
    conversation: Conversation,
    *,
    refusal: Refused | None = None,
    draft: str = "",
    kept_files: Sequence[int] = (),
    refused_day: str = "",
) -> HttpResponse:
    side = conversation.side_of(request.user.pk)
    marks, own_mark, own = queries.read_marks_and_own(conversation, request.user)
    is_plain = not (refusal or refused_day or "quote" in request.GET or "reply" in request.GET)
    try:
        part = navigation.part_of(
            conversation, side, own_mark, request.GET, starts_at_unread=is_plain
        )
    except Refused as error:
        raise Http404("no such page") from error
    rows = part.window.messages
    message_extras.load(rows)
    message_warnings.add(rows)
    dismissed = hide_dismissed(conversation, rows, request.user.pk)
    team = _team_part(request.user, conversation, part.window) if side is Side.SELLER else {}
    from_staff = staff_messages.beside(conversation, part.window)
    context = {
        "conversation": conversation,
        "side": side,
        "counterpart": conversation.counterpart_of(side),
        "counterpart_picture": conversation.counterpart_picture_of(side),
        "history": by_day(rows, [*team.get("team_rows", ()), *from_staff], part.unread.first),
        "site_name": settings.SITE_NAME,
        "part": part,
        "own_mark": own_mark,
        "dismissed": json.dumps(dismissed) if dismissed else "",
        "refused_day": refused_day,
        "is_blocked": conversation.is_blocked_by(side),
        "has_unread_from_staff": staff_messages.any_unread(request.user, from_staff),
        "has_looks": any_shown(conversation),
        "recall_advice": recall_advice(conversation, side, rows),
        "triage": panel(conversation, side, own),
        "read": marks,
        "read_by_other": marks[side.other],
        "first_unread": part.unread.first,
        "nudge": nudges.panel(conversation, side),
        "held": held.shown_to(request.user, conversation),
        "max_characters": settings.MESSAGE_MAX_CHARACTERS,
        "client_id": uuid.uuid4(),
        "form_error": refusal.detail if refusal else None,
        "question": refusal,
        "draft": draft,
        "read_mark": pixel.signature(request.user.pk, conversation.pk, part.seen),
        "product": product_of(conversation),
        "kept_files": unsent(request.user, kept_files, conversation) if kept_files else (),
        "files_max": settings.MESSAGE_FILES_MAX,
        "quoting": _quoting(request, conversation),
        "edit_minutes": settings.MESSAGE_EDIT_MINUTES,
        "withdraw_hours": settings.MESSAGE_WITHDRAW_HOURS,
        "reactions": Reaction.Kind.values,
        "reaction_names": Reaction.Kind.labels,
        "file_max_bytes": settings.FILE_MAX_BYTES,
        **team,
    }
    status = STATUS[refusal.code] if refusal else 400 if refused_day else 200
    return render(request, "messaging/conversation.html", context, status=status)


def _quoting(request: PersonRequest, conversation: Conversation) -> Quoted | None:
    """Return the message that a person without scripts is about to quote."""
    sequence = _number(request.POST.get("quote") or request.GET.get("quote"))
    return message_extras.quoted_in(conversation, sequence) if sequence else None


def _number(text: str | None) -> int:
    """Parse the number of a message from a URL or a form; 0 if there is none."""
    try:
        return counter_from(text) if text else 0
    except Refused:
        return 0


def _team_part(user: Person, conversation: Conversation, window: Window) -> dict[str, Any]:
    """Return what only the team sees: its rows between these messages, and the context."""
    rows = window.messages
    start = rows[0].created_at if rows and window.has_older else None
    after = rows[-1].sequence + 1 if rows and window.has_newer else None
    end = queries.time_of(conversation, after) if after else None
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
        "is_noticed": is_told and notes.unread_notices(conversation, user).exists(),
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
