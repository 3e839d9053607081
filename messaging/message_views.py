"""One message over HTTP: its page, and what a person can do there."""

from collections.abc import Callable
from contextlib import suppress

from django.contrib import messages as notices
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from trato.errors import Refused
from trato.people import Person
from trato.responses import (
    STATUS,
    PersonRequest,
    json_response,
    person_required,
    refusal_response,
    wants_json,
    with_retry_after,
)

from . import access, frames, message_extras, message_warnings
from .editing import actions as editing
from .editing import queries as versions
from .models import Message, Reaction
from .reactions import actions as reactions
from .reports import actions as reports
from .scam_warnings import actions as scam_warnings
from .scam_warnings.queries import hide_dismissed

Act = Callable[[PersonRequest, int, int], tuple[Message, bool]]


def _edit(request: PersonRequest, conversation_id: int, sequence: int) -> tuple[Message, bool]:
    return editing.edit(request.user, conversation_id, sequence, request.POST.get("body", ""))


def _withdraw(request: PersonRequest, conversation_id: int, sequence: int) -> tuple[Message, bool]:
    return editing.withdraw(request.user, conversation_id, sequence)


def _react(request: PersonRequest, conversation_id: int, sequence: int) -> tuple[Message, bool]:
    reaction = request.POST.get("reaction", "")
    return reactions.react(request.user, conversation_id, sequence, reaction)


def _report(request: PersonRequest, conversation_id: int, sequence: int) -> tuple[Message, bool]:
    reason, words = request.POST.get("reason", ""), request.POST.get("words", "")
    report = reports.report_message(request.user, conversation_id, sequence, reason, words)
    with suppress(Refused):  # the message is reported in any case
        scam_warnings.dismiss(request.user, conversation_id, sequence)
    message = report.message
    assert message is not None, "a report of a message"  # noqa: S101
    message.conversation = access.conversation_for(request.user, conversation_id)
    return message, True


def _dismiss(request: PersonRequest, conversation_id: int, sequence: int) -> tuple[Message, bool]:
    return scam_warnings.dismiss(request.user, conversation_id, sequence)


ACTS: dict[str, Act] = {
    "edit": _edit,
    "withdraw": _withdraw,
    "react": _react,
    "report": _report,
    "dismiss": _dismiss,
}


@require_http_methods(["GET", "POST"])
@person_required
def message(request: PersonRequest, conversation_id: int, sequence: int) -> HttpResponse:
    """Show a message with everything that the person can do with it, or do what `act` says.

    A form is redirected to the message, a script gets it as in `message.changed`.
    """
    if request.method == "GET" and wants_json(request):
        return _item(request.user, conversation_id, sequence)
    if request.method == "GET":
        return _page(request, conversation_id, sequence)
    try:
        act = ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Refused("invalid", _("Choose what to do."))
        changed, _is_new = act(request, conversation_id, sequence)
    except Refused as refusal:
        if wants_json(request):
            return refusal_response(refusal)
        return with_retry_after(_page(request, conversation_id, sequence, refusal), refusal)
    if wants_json(request):
        return json_response(frames.MessageChanged.of(message_extras.sent_of(changed)))
    if request.POST["act"] == "report":
        notices.success(request, _("Thank you. Our staff will review this message."))
    return redirect(versions.address(changed))


def _item(user: Person, conversation_id: int, sequence: int) -> HttpResponse:
    conversation = access.conversation_for(user, conversation_id)
    row = conversation.messages.select_related("sender").filter(sequence=sequence).first()
    if row is None:
        raise Http404("no such message")
    row.conversation = conversation
    return json_response(frames.MessageChanged.of(message_extras.sent_of(row)))


def _own_reaction(message: Message, user: Person) -> str:
    given = [one.reaction for one in message.reactions for by in one.users if by.id == user.pk]
    return given[0] if given else ""


def _page(
    request: PersonRequest, conversation_id: int, sequence: int, refusal: Refused | None = None
) -> HttpResponse:
    conversation = access.conversation_for(request.user, conversation_id)
    rows = conversation.messages.select_related("sender").filter(sequence=sequence)
    message = rows.first()
    if message is None:
        raise Http404("no such message")
    message.conversation = conversation
    message_extras.load([message])
    message_warnings.add([message])
    hide_dismissed(conversation, [message], request.user.pk)
    side = conversation.side_of(request.user.pk)
    may = versions.allowed(message, request.user)
    context = {
        "conversation": conversation,
        "message": message,
        "side": side,
        "may": may,
        "address": versions.address(message),
        "versions": versions.versions_for(message, side),
        "reactions": Reaction.Kind.choices,
        "own_reaction": _own_reaction(message, request.user),
        "refusal": refusal.detail if refusal else None,
        "body": request.POST.get("body") or message.body,
        "refused_body": "" if may.edit else request.POST.get("body", ""),  # for the person to copy
    }
    status = STATUS[refusal.code] if refusal else 200
    return render(request, "messaging/editing/message.html", context, status=status)
