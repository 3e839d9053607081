"""Reporting a message, from the thread."""

from typing import ClassVar

from django.contrib import messages as notices
from django.forms import ChoiceField, ModelForm, RadioSelect, Textarea
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from messaging import access
from messaging.models import Report
from trato.errors import Refused
from trato.responses import STATUS, PersonRequest, person_required, with_retry_after

from . import actions as moderation


class ReportForm(ModelForm[Report]):
    """Why somebody reports a message."""

    reason = ChoiceField(label=gettext_lazy("Reason"), choices=Report.Reason, widget=RadioSelect)

    class Meta:
        model = Report
        fields = ("reason", "words")
        widgets: ClassVar = {"words": Textarea(attrs={"rows": 4})}


@require_http_methods(["GET", "POST"])
@person_required
def report(request: PersonRequest, conversation_id: int, sequence: int) -> HttpResponse:
    """Report a message of the other side with a reason and, optionally, a description."""
    conversation = access.conversation_for(request.user, conversation_id)
    message = conversation.messages.select_related("sender").filter(sequence=sequence).first()
    side = conversation.side_of(request.user.pk)
    if message is None or message.side == side or message.is_hidden:
        raise Http404("no such message to report")
    form = ReportForm(request.POST or None)
    status, refusal = 200, None
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                moderation.report(request.user, conversation_id, sequence, **form.cleaned_data)
            except Refused as error:
                refusal, status = error, STATUS[error.code]
                form.add_error(None, str(error.detail))
            else:
                notices.success(request, _("Thank you. Our staff will review this message."))
                return redirect(conversation)
    context = {"conversation": conversation, "message": message, "form": form}
    response = render(request, "messaging/moderation/report.html", context, status=status)
    return with_retry_after(response, refusal) if refusal else response
