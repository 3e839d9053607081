"""The page with a shop's automatic replies. Its team sees them; its managers change them."""

from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages as notices
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from messaging import access
from messaging.host import Shop, host
from messaging.opening_hours.queries import row_of
from trato.responses import PersonRequest, key_from, person_required

from . import actions, queries
from .forms import AwayForm, WordsForm


@person_required
def away(request: PersonRequest) -> HttpResponse:
    """Show a shop's automatic replies; a POST changes the part that `act` names."""
    if request.method != "POST":
        return _page(request, access.chosen_shop(request.user, request.GET.get("shop", "")))
    shop = access.own_shop(request.user, key_from(request.POST.get("shop", "")), manage=True)
    act = request.POST.get("act", "")
    form: forms.Form
    try:
        if act == "back":
            actions.set_back(request.user, shop.pk)
            return _done(request, shop)
        if act == "away":
            form = _away_form(request, shop)
            if form.is_valid():
                until, words = form.cleaned_data["until"], form.cleaned_data["until_words"]
                remark = actions.set_away(request.user, shop.pk, until, words)
                return _done(request, shop, remark)
        else:
            form = WordsForm(request.POST, row=queries.words_of(shop))
            if form.is_valid():
                is_on, words = form.cleaned_data["is_on"], form.cleaned_data["words"]
                remark = actions.set_words(request.user, shop.pk, is_on=is_on, words=words)
                return _done(request, shop, remark)
    except ValidationError as error:
        form.add_error(None, error)
    return _page(request, shop, form, status=400)


def _away_form(request: PersonRequest, shop: Shop) -> AwayForm:
    data = request.POST if request.POST.get("act") == "away" else None
    zone, row = ZoneInfo(host.shop_time_zone(shop)), queries.words_of(shop)
    return AwayForm(data, row=row, zone=zone, now=timezone.now())


def _done(request: PersonRequest, shop: Shop, remark: str = "") -> HttpResponse:
    notices.success(request, _("Saved."))
    if remark:
        notices.warning(request, remark)
    # The browser would otherwise keep the fragment of the form, where it shows errors.
    return redirect(f"{reverse('messaging:away')}?shop={shop.pk}#top")


def _page(
    request: PersonRequest, shop: Shop, sent: forms.Form | None = None, status: int = 200
) -> HttpResponse:
    row, hours = queries.words_of(shop), row_of(shop)
    context = {
        "shop": shop,
        "time_zone": host.shop_time_zone(shop).replace("_", " "),
        "shops": [(one.pk, host.shop_name(one)) for one in access.own_shops(request.user)],
        "may_change": request.user.pk in host.managers_of(shop.pk),
        "has_hours": not hours.is_always,
        "is_on": row.is_on,
        "until": row.until if row.until and row.until > timezone.now() else None,
        "words": sent if isinstance(sent, WordsForm) else WordsForm(row=row),
        "away": sent if isinstance(sent, AwayForm) else _away_form(request, shop),
    }
    return render(request, "messaging/away/away.html", context, status=status)
