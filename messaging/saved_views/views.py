"""Save a list's filter under a name, and manage saved views. It works without scripts."""

from django.contrib import messages as notices
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from messaging import access
from messaging.host import host
from messaging.models import SavedView
from messaging.ownership import note_deleted
from trato.errors import Refused, missing
from trato.responses import (
    STATUS,
    PersonRequest,
    json_response,
    person_required,
    refusal_response,
    wants_json,
)

from . import actions, frames, queries
from .forms import NameForm, SavedViewForm

GONE = gettext_lazy("This saved view is gone. A colleague may have deleted it.")
view_required = missing(GONE, reverse_lazy("messaging:saved_views"))


@require_GET
@person_required
def view_list(request: PersonRequest) -> HttpResponse:
    """List the views of a person's shops and the person's own, sorted by name."""
    context = {"drawers": queries.drawers_for(request.user)}
    return render(request, "messaging/saved_views/list.html", context)


@require_http_methods(["GET", "POST"])
@person_required
def new(request: PersonRequest) -> HttpResponse:
    """Save a filter under a name: `?query=` is the filter, and a POST saves it."""
    values = request.POST if request.method == "POST" else None
    initial = {"query": request.GET.get("query", "")}
    form = SavedViewForm(access.own_shops(request.user), values, initial=initial)
    status, view = 200, None
    if request.method == "POST":
        status, view = _add(request, form)
    if wants_json(request):
        return json_response(frames.View.of(view)) if view else _refusal(form, status)
    if view:
        notices.success(request, _("Saved."))
        return redirect(_list_url(view))
    return render(request, "messaging/saved_views/form.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@person_required
@view_required
def rename(request: PersonRequest, view_id: int) -> HttpResponse:
    """Rename a view."""
    view = queries.view_for(request.user, view_id)
    form = NameForm(request.POST or None, instance=view)
    if request.method == "POST" and form.is_valid():
        try:
            actions.rename(request.user, view_id, form.cleaned_data["name"])
        except ValidationError as errors:
            form.add_error(None, errors)
        else:
            notices.success(request, _("Saved."))
            return redirect("messaging:saved_views")
    status = 400 if form.errors else 200
    context = {"form": form, "view": view, "shop_name": _shop_name(view)}
    return render(request, "messaging/saved_views/form.html", context, status=status)


@require_http_methods(["GET", "POST"])
@person_required
@view_required
def delete(request: PersonRequest, view_id: int) -> HttpResponse:
    """Ask whether to delete a view, and delete it."""
    if request.method == "POST":
        note_deleted(request, actions.delete(request.user, view_id))
        return redirect("messaging:saved_views")
    view = queries.view_for(request.user, view_id)
    context = {"view": view, "shop_name": _shop_name(view)}
    return render(request, "messaging/saved_views/delete.html", context)


def _add(request: PersonRequest, form: SavedViewForm) -> tuple[int, SavedView | None]:
    """Add the view in a form and return 200, or add errors to the form and return their status."""
    if not form.is_valid():
        return 400, None
    name, query = form.cleaned_data["name"], form.cleaned_data["query"]
    try:
        return 200, actions.add(request.user, form.shop_id, name=name, query=query)
    except ValidationError as errors:
        form.add_error(None, errors)
        return 400, None
    except Refused as refusal:
        form.add_error(None, str(refusal.detail))
        return STATUS[refusal.code], None


def _refusal(form: SavedViewForm, status: int) -> HttpResponse:
    words = " ".join(str(error) for errors in form.errors.values() for error in errors)
    return refusal_response(
        Refused("forbidden" if status == STATUS["forbidden"] else "invalid", words)
    )


def _list_url(view: SavedView) -> str:
    return f"{reverse('messaging:conversation_list')}?{view.query}"


def _shop_name(view: SavedView) -> str:
    return host.shop_name(view.shop) if view.shop else ""
