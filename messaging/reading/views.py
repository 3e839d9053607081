"""Read marks over HTTP: from a script, or from an image if there are no scripts."""

from django.http import Http404, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_GET, require_POST

from trato.errors import Refused
from trato.responses import PersonRequest, counter_from, person_required, refusal_response

from . import actions, pixel


@require_POST
@person_required
def read(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Store that the reader has seen the messages up to a sequence."""
    try:
        sequence = counter_from(request.POST.get("sequence"))
    except Refused as refusal:
        return refusal_response(refusal)
    actions.mark_read(request.user, conversation_id, sequence)
    return HttpResponse(status=204)


@require_GET
@person_required
def read_pixel(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """`read` without JavaScript: the thread's page loads this image inside a `<noscript>`.

    Another site could make the reader's browser send this GET, including cookies. Since it writes,
    the page signs the URL for this reader and this message.
    """
    try:
        sequence = counter_from(request.GET.get("sequence"))
    except Refused as refusal:
        return refusal_response(refusal)
    expected = pixel.signature(request.user.pk, conversation_id, sequence)
    if not constant_time_compare(request.GET.get("mark", ""), expected):
        raise Http404("not signed by the thread's page")
    actions.mark_read(request.user, conversation_id, sequence)
    response = HttpResponse(pixel.GIF, content_type="image/gif")
    response["Cache-Control"] = "no-store"
    return response
