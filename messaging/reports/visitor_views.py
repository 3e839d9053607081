"""The form for visitors without an account, and the page behind the link in their email."""

from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from messaging.host import Product, Shop, host
from messaging.models import Report
from trato import rate_limits
from trato.client_address import site_of
from trato.errors import Refused
from trato.responses import STATUS, with_retry_after

from . import actions, mails, queries, visitor_links
from .forms import VisitorReportForm


def report(
    request: HttpRequest, *, product: Product | None = None, shop: Shop | None = None
) -> HttpResponse:
    """Show the form, or store a report and confirm it by email.

    The response is the same if this email address has already reported the item.
    """
    kind = Report.Kind.SHOP if product is None else Report.Kind.PRODUCT
    form = VisitorReportForm(request.POST or None, kind=kind)
    status, refusal = 200, None
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                return _sent(request, form.cleaned_data, {"product": product, "shop": shop})
            except Refused as error:
                refusal, status = error, STATUS[error.code]
                form.add_error(None, str(error.detail))
    if product is not None:
        name, back = host.product_title(product), host.product_url(product)
    else:
        name, back = host.shop_name(cast(Shop, shop)), host.shop_url(cast(Shop, shop))
    after = urlencode({"next": request.path})
    context = {
        "kind": kind,
        "form": form,
        "name": name,
        "back": back,
        "is_visitor": True,
        "login": f"{resolve_url(settings.LOGIN_URL)}?{after}",
    }
    response = render(request, "messaging/reports/report.html", context, status=status)
    return with_retry_after(response, refusal) if refusal else response


def _sent(request: HttpRequest, given: dict[str, Any], thing: dict[str, Any]) -> HttpResponse:
    visitor = actions.Visitor(
        given["name"],
        given["email"],
        get_language() or "",
        rate_limits.address(request),
        site_of(request),
    )
    row = actions.report_as_visitor(visitor, given["reason"], given["words"], **thing)
    if row and not mails.send_receipt(request, row):
        return redirect(visitor_links.path_of(row))  # the visitor gets the link in no other way
    return redirect("messaging:visitor_reported")


@require_GET
def reported(request: HttpRequest) -> HttpResponse:
    """Confirm that the report has arrived, and say where its link is."""
    return render(request, "messaging/reports/visitor_reported.html")


@require_GET
@cache_control(private=True, no_store=True)
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """Show a visitor's report and its outcome, behind the link in the email."""
    context = queries.page_about(visitor_links.report_behind(token)) | {"is_visitor": True}
    return render(request, "messaging/reports/receipt.html", context)
