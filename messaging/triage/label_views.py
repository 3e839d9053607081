"""The page on which a shop's members manage its labels."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages as notices
from django.db.models import Count
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from messaging import access
from messaging.host import host, shop_model
from messaging.models import Label
from trato import rate_limits
from trato.errors import Refused
from trato.responses import STATUS, PersonRequest, key_from, person_required, with_retry_after

from . import labels


@dataclass
class Entry:
    """The form for a label or a new label, with what the person has typed."""

    label: Label
    number: int = 0
    error: str = ""
    seen: tuple[str, str] = ("", "")  # the name and colour that are stored


@dataclass
class Group:
    """A shop and its labels."""

    shop_id: int
    name: str
    entries: list[Entry] = field(default_factory=list)
    new: Entry = field(default_factory=lambda: Entry(Label()))


@require_http_methods(["GET", "POST"])
@person_required
def label_list(request: PersonRequest) -> HttpResponse:
    """Show the labels of the person's shops; create, change or delete a label."""
    if not access.scope_of(request.user).shop_ids:
        raise Http404("works for no shop")
    if request.method == "GET":
        return render(request, "messaging/triage/labels.html", _context(request))
    try:
        rate_limits.hit("ACTS_PER_MINUTE", f"person-{request.user.pk}")
        said = _perform(request, request.POST)
    except Refused as refusal:
        context = _context(request, refusal)
        status = STATUS[refusal.code]
        response = render(request, "messaging/triage/labels.html", context, status=status)
        return with_retry_after(response, refusal)
    notices.success(request, said)
    # The browser would otherwise keep the fragment of the form, where it shows errors.
    return redirect(f"{reverse('messaging:labels')}#top")


def _perform(request: PersonRequest, data: QueryDict) -> str:
    name, colour = data.get("name", ""), data.get("colour", "")
    shop_id, label_id = key_from(data.get("shop", "")), key_from(data.get("label", ""))
    match data.get("act"):
        case "create":
            labels.create(request.user, shop_id, name, colour)
            return _("The label was created.")
        case "change":
            seen = (
                (data.get("seen_name", ""), data.get("seen_colour", ""))
                if "seen_name" in data
                else None
            )
            labels.change(request.user, label_id, name, colour, seen)
            return _("Saved.")
        case "delete":
            was_there = labels.delete(request.user, label_id)
            return _("The label was deleted.") if was_there else _("It was already deleted.")
        case _other:
            raise Refused("invalid", _("Your browser sent something we don't understand."))


def _context(request: PersonRequest, refusal: Refused | None = None) -> dict[str, Any]:
    shop_ids = access.scope_of(request.user).shop_ids
    shops = shop_model()._default_manager.filter(pk__in=shop_ids).order_by("pk")
    groups = {shop.pk: Group(shop.pk, host.shop_name(shop)) for shop in shops}
    rows = Label.objects.filter(shop_id__in=shop_ids).annotate(number=Count("labelled"))
    for row in rows.order_by("folded_name"):
        groups[row.shop_id].entries.append(Entry(row, row.number, seen=(row.name, row.colour)))
    if refusal:
        _fill(groups, request.POST, str(refusal.detail))
    return {"groups": list(groups.values()), "colours": Label.Colour.choices}


def _fill(groups: dict[int, Group], data: QueryDict, error: str) -> None:
    """Show what the person typed again, with the error, in the form that was refused.

    If the label no longer exists, use the form for a new label.
    """
    label_id, shop_id = key_from(data.get("label", "")), key_from(data.get("shop", ""))
    entries = [entry for group in groups.values() for entry in group.entries]
    entry = next((one for one in entries if one.label.pk == label_id), None)
    if entry is None and shop_id in groups:
        entry = groups[shop_id].new
    if entry is not None:
        entry.error = error
        entry.label.name, entry.label.colour = data.get("name", ""), data.get("colour", "")
