"""Schedule messages over HTTP: forms for people, and the same URLs for scripts."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from messaging import access, message_extras
from messaging.actions import store_from_form
from messaging.files import queries as file_queries
from messaging.files.forms import FilesRefused, files_of, store_uploads
from messaging.models import Conversation, File, ScheduledMessage, conversation_url
from messaging.records import Quoted
from trato.errors import Missing, Refused
from trato.responses import (
    STATUS,
    PersonRequest,
    counter_from,
    person_required,
    refusal_response,
    uuid_from,
    wants_json,
    with_retry_after,
)

from . import actions, queries
from .forms import LOCAL_FORMAT, ScheduleForm

# Values of `send_at` that are not times. The first asks for the form with a field for the time. The
# time of the others is determined when the button is pressed, because the page may be a day old.
CHOOSE, OPENING, TOMORROW = "choose", "opening", "tomorrow"


@require_http_methods(["GET", "POST"])
@person_required
def scheduled(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """GET: list a conversation's scheduled messages, for scripts. POST: schedule a message."""
    conversation = access.team_conversation_for(request.user, conversation_id)
    if request.method == "GET":
        response = render(request, "messaging/scheduled/_list.html", queries.box(conversation))
        response["Cache-Control"] = "no-store"
        return response
    if request.POST.get("send_at") == CHOOSE:
        return _choose(request, conversation)
    return _save(request, conversation, None)


@require_http_methods(["GET", "POST"])
@person_required
def scheduled_message(request: PersonRequest, conversation_id: int, pk: int) -> HttpResponse:
    """GET: the form to change a message. POST `act`: edit it, send it now, or cancel it."""
    conversation = access.team_conversation_for(request.user, conversation_id)
    row = conversation.scheduled_messages.select_related("author").filter(pk=pk).first()
    if row is None:
        raise Missing(_("This scheduled message is gone."), conversation_url(conversation_id))
    if request.method == "GET" and row.state not in ScheduledMessage.OPEN:
        is_sent = row.state == ScheduledMessage.State.SENT
        done = _("This message has already been sent.")
        notices.info(request, done if is_sent else _("This message has been cancelled."))
        return redirect(conversation)
    if request.method == "GET":
        kept = list(row.files.order_by("position"))
        return _page(request, conversation, _form_of(row), row, kept_files=kept)
    if request.POST.get("act") not in ("send", "cancel"):
        return _save(request, conversation, row)
    act = actions.send_now if request.POST["act"] == "send" else actions.cancel
    try:
        act(request.user, conversation_id, pk)
    except Refused as refusal:
        if wants_json(request):
            return refusal_response(refusal)
        notices.error(request, str(refusal.detail))
    return HttpResponse(status=204) if wants_json(request) else redirect(conversation)


def _save(
    request: PersonRequest,
    conversation: Conversation,
    row: ScheduledMessage | None,
) -> HttpResponse:
    """Store the message in a form, or show the form again with its errors."""
    files, refused = _files(request, conversation)
    form = ScheduleForm(
        {**request.POST.dict(), "send_at": _time(request, conversation, row)},
        has_files=bool(files),
    )
    if not form.is_valid() or refused:
        if wants_json(request):
            text = next((str(error) for errors in form.errors.values() for error in errors), "")
            return refusal_response(refused or Refused("invalid", text))
        kept = _kept(request, conversation, row, files)
        if refused:
            form.add_error(None, str(refused.detail))
        return _page(request, conversation, form, row, status=400, kept_files=kept)
    values = form.cleaned_data
    plan = actions.Plan(
        body=values["body"],
        send_at=values["send_at"],
        only_if_quiet=values["only_if_quiet"],
        is_at_opening=request.POST.get("send_at") == OPENING,
        seen=values["seen"],
        files=files,
        quote=values["quote"],
    )
    try:
        if row is None:
            _schedule(request, conversation, values["client_id"] or uuid.uuid4(), plan)
        else:
            revision = values["revision"] or 0
            actions.change(request.user, conversation.pk, row.pk, revision, plan)
    except Refused as refusal:
        if wants_json(request):
            return refusal_response(refusal)
        if isinstance(refusal, actions.Stale):
            row = refusal.row
            form = ScheduleForm(
                {**request.POST.dict(), "revision": row.revision}, has_files=bool(files)
            )
        field = "send_at" if refusal.code == "invalid" else None
        form.add_error(field, str(refusal.detail))
        kept = _kept(request, conversation, row, files)
        response = _page(
            request, conversation, form, row, status=STATUS[refusal.code], kept_files=kept
        )
        return with_retry_after(response, refusal)
    if wants_json(request):
        return HttpResponse(status=204)
    notices.success(request, _("The message is scheduled. Only your team sees it until then."))
    return redirect(conversation)


def _choose(request: PersonRequest, conversation: Conversation) -> HttpResponse:
    """Show the form with a field for the time, filled with what the composer has so far."""
    files, refusal = _files(request, conversation)
    names = ("body", "client_id", "only_if_quiet", "seen", "quote")
    initial: dict[str, Any] = {name: request.POST.get(name, "") for name in names}
    initial["send_at"] = queries.tomorrow_morning()
    form = ScheduleForm(initial=initial)
    kept = file_queries.unsent(request.user, files, conversation)
    notice = str(refusal.detail) if refusal else ""
    return _page(request, conversation, form, kept_files=kept, notice=notice)


def _files(request: PersonRequest, conversation: Conversation) -> tuple[list[int], Refused | None]:
    """Return the IDs of a form's files. If it was posted without scripts, store them first."""
    if not request.FILES:
        return files_of(request), None
    client_id = uuid_from(request.POST.get("client_id", "")) or uuid.uuid4()
    try:
        return store_uploads(request, conversation.pk, client_id), None
    except FilesRefused as refusal:
        return refusal.kept, refusal
    except Refused as refusal:
        return files_of(request), refusal


def _kept(
    request: PersonRequest,
    conversation: Conversation,
    row: ScheduledMessage | None,
    ids: list[int],
) -> list[File]:
    """Return the form's files that can be sent with it again."""
    had = list(row.files.filter(pk__in=ids).order_by("position")) if row else []
    return [*had, *file_queries.unsent(request.user, ids, conversation)]


def _schedule(
    request: PersonRequest, conversation: Conversation, client_id: uuid.UUID, plan: actions.Plan
) -> None:
    def schedule(key: uuid.UUID) -> ScheduledMessage:
        return actions.schedule(request.user, conversation.pk, key, plan)

    if wants_json(request):
        schedule(client_id)
    else:
        text = f"{plan.body} {plan.send_at.isoformat()} {plan.only_if_quiet}"
        store_from_form(schedule, client_id, text, files=plan.files, quote=plan.quote)


def _time(request: PersonRequest, conversation: Conversation, row: ScheduledMessage | None) -> str:
    """Return the time that a form asks for, as text for its field."""
    text = request.POST.get("send_at", "")
    if text == TOMORROW:
        return queries.tomorrow_morning().isoformat()
    if text == OPENING:
        opening = queries.next_opening(conversation, timezone.now())
        return opening.isoformat() if opening else ""
    # The time is unchanged. If clocks repeat that hour, the form has no offset, but the row does.
    if row and text == timezone.localtime(row.send_at).strftime(LOCAL_FORMAT):
        return row.send_at.isoformat()
    return text


def _form_of(row: ScheduledMessage) -> ScheduleForm:
    return ScheduleForm(
        initial={
            "body": row.body,
            "send_at": row.send_at,
            "only_if_quiet": row.only_if_quiet,
            "revision": row.revision,
            "seen": row.conversation.last_sequence,
        }
    )


def _page(
    request: PersonRequest,
    conversation: Conversation,
    form: ScheduleForm,
    row: ScheduledMessage | None = None,
    *,
    status: int = 200,
    kept_files: Sequence[File] = (),
    notice: str = "",
) -> HttpResponse:
    quote = form["quote"].value() if row is None else row.quote
    context = {
        "conversation": conversation,
        "quoted": _quoted(conversation, quote),
        "form": form,
        "row": row,
        "kept_files": kept_files,
        "notice": notice,
    }
    return render(request, "messaging/scheduled/form.html", context, status=status)


def _quoted(conversation: Conversation, sequence: Any) -> Quoted | None:
    if not sequence:
        return None
    try:
        return message_extras.quoted_in(conversation, counter_from(str(sequence)))
    except Refused:  # it isn't a number; the form shows an error
        return None
