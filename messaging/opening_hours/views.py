"""The page of a shop's opening hours, which its managers change and its team sees."""

from datetime import date
from typing import Any

from django import forms
from django.contrib import messages as notices
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messaging import access
from messaging.host import Shop, host
from messaging.models import OpeningHours
from trato.responses import PersonRequest, key_from, person_required

from . import actions, queries
from .forms import DayOffForm, HolidaysForm, WeekForm
from .public_holidays import country_of


@person_required
def hours(request: PersonRequest) -> HttpResponse:
    """Show a shop's hours and days off; a POST changes the part that `act` names."""
    if request.method != "POST":
        return _page(request, access.chosen_shop(request.user, request.GET.get("shop", "")))
    shop = access.own_shop(request.user, key_from(request.POST.get("shop", "")), manage=True)
    act = request.POST.get("act", "")
    row = queries.row_of(shop)
    form: forms.Form
    try:
        if act == "week":
            week = form = WeekForm(request.POST, week=row.spans)
            if form.is_valid():
                actions.set_week(request.user, shop.pk, week.week)
                return _done(request, shop, _("Saved."))
        elif act == "add":
            form = DayOffForm(request.POST)
            if form.is_valid():
                day, name = form.cleaned_data["day"], form.cleaned_data["name"]
                actions.add_day_off(request.user, shop.pk, day, name)
                return _done(request, shop, _("Saved."), "#days-off")
        elif act == "holidays":
            form = HolidaysForm(request.POST, country="")
            if form.is_valid():
                country = form.cleaned_data["country"]
                count = actions.add_holidays(request.user, shop.pk, country)
                text = ngettext("%(count)s day off added.", "%(count)s days off added.", count) % {
                    "count": count
                }
                text = text if count else _("All of them were here already.")
                return _done(request, shop, text, "#days-off")
        else:
            actions.remove_day_off(request.user, shop.pk, _day(act))
            return _done(request, shop, _("The day off was removed."), "#days-off")
    except ValidationError as error:
        form.add_error(None, error)
    return _page(request, shop, {act: form}, status=400)


def _day(act: str) -> date:
    """Return the day in `remove-2026-12-25`; for any other `act`, a day that nobody has off."""
    try:
        return parse_date(act.removeprefix("remove-")) or date.min
    except ValueError:
        return date.min


def _done(request: PersonRequest, shop: Shop, text: str, part: str = "") -> HttpResponse:
    """Lead back to the page; `part` is what the browser scrolls to."""
    notices.success(request, text)
    return redirect(f"{reverse('messaging:opening_hours')}?shop={shop.pk}{part}")


def _page(
    request: PersonRequest, shop: Shop, sent: dict[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    row, sent = queries.row_of(shop), sent or {}
    schedule, now = row.schedule, timezone.now()
    context = {
        "shop": shop,
        "shop_name": host.shop_name(shop),
        "time_zone": host.shop_time_zone(shop).replace("_", " "),
        "shops": [(one.pk, host.shop_name(one)) for one in access.own_shops(request.user)],
        "may_change": request.user.pk in host.managers_of(shop.pk),
        "has_hours": bool(row.week),
        "is_open": schedule.is_open(now),
        "opening": schedule.next_opening(now),
        "week": sent.get("week") or WeekForm(week=row.spans),
        "day_off": sent.get("add") or DayOffForm(),
        "holidays": sent.get("holidays")
        or HolidaysForm(country=country_of(host.shop_time_zone(shop))),
        "days_off": _days_off(row, shop),
    }
    return render(request, "messaging/opening_hours/hours.html", context, status=status)


def _days_off(row: OpeningHours, shop: Shop) -> list[dict[str, Any]]:
    today = actions.today(shop)
    days = ((date.fromisoformat(day), name) for day, name in sorted(row.days_off.items()))
    return [{"day": day, "name": name} for day, name in days if day >= today]
