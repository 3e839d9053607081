"""The page with a shop's figures."""

from typing import Any

from django.conf import settings
from django.contrib import messages as notices
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from messaging.host import host, shop_model
from trato.errors import Refused
from trato.responses import (
    STATUS,
    PersonRequest,
    key_from,
    person_required,
    refusal_response,
    wants_json,
)

from . import actions
from .report import Figures
from .tables import TABLES, as_csv


@require_GET
@person_required
def figures(request: PersonRequest) -> HttpResponse:
    """Show a shop's figures over `days`, as a page or as CSV of one `table`."""
    shops = _shops(request)
    shop = _chosen(request, shops)
    days = key_from(request.GET.get("days", "30"))
    table = request.GET.get("table", "")
    if days not in settings.FIGURES_DAYS:
        raise Http404("no such period")
    is_csv = request.GET.get("format") == "csv"
    if is_csv and table not in TABLES:
        raise Http404("no such table")
    actions.catch_up(shop.pk)
    report = Figures(shop, days, timezone.now())
    if is_csv:
        response = HttpResponse(as_csv(report, table), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{table}-{days}.csv"'
        response["Cache-Control"] = "no-store"
        return response
    return _page(request, report, shop, shops)


@require_POST
@person_required
def contest(request: PersonRequest, wait_id: int) -> HttpResponse:
    """Contest a late answer with a `reason`, or `act=withdraw` the contest."""
    wait = actions.wait_for(request.user, wait_id)
    try:
        if request.POST.get("act") == "withdraw":
            actions.withdraw(request.user, wait_id)
        else:
            actions.contest(request.user, wait_id, request.POST.get("reason", ""))
    except Refused as refusal:
        if wants_json(request):
            return refusal_response(refusal)
        shops = _shops(request)
        shop = next(one for one in shops if one.pk == wait.shop_id)
        report = Figures(shop, _days(request), timezone.now())
        refused = {
            "wait": wait_id,
            "reason": request.POST.get("reason", ""),
            "error": refusal.detail,
        }
        return _page(request, report, shop, shops, refused, STATUS[refusal.code])
    notices.success(request, _("Saved."))
    address = f"{reverse('messaging:figures')}?shop={wait.shop_id}&days={_days(request)}"
    return redirect(f"{address}#wait-{wait_id}")


def _page(
    request: PersonRequest,
    report: Figures,
    shop: Any,
    shops: list[Any],
    refused: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    late, has_more = report.late(settings.FIGURES_ROWS_MAX)
    context = {
        "figures": report,
        "late": late,
        "has_more_late": has_more,
        "shop": shop,
        "shop_name": host.shop_name(shop),
        "shops": [(one.pk, host.shop_name(one)) for one in shops],
        "periods": settings.FIGURES_DAYS,
        "refused": refused,
    }
    response = render(request, "messaging/figures/page.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


def _shops(request: PersonRequest) -> list[Any]:
    """Return the shops that the person works for; Http404 if there are none."""
    ids = (
        host.shops_of([request.user.pk])[request.user.pk]
        if host.acts_as_seller(request.user)
        else []
    )
    shops = list(shop_model()._default_manager.filter(pk__in=ids).order_by("pk"))
    if not shops:
        raise Http404("works for no shop")
    return shops


def _chosen(request: PersonRequest, shops: list[Any]) -> Any:
    given = request.GET.get("shop")
    if given is None:
        return shops[0]
    chosen = next((shop for shop in shops if shop.pk == key_from(given)), None)
    if chosen is None:
        raise Http404("no such shop")
    return chosen


def _days(request: PersonRequest) -> int:
    days = key_from(request.POST.get("days", ""))
    return days if days in settings.FIGURES_DAYS else 30
