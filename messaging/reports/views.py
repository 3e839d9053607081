"""The forms for reporting, and the pages with a person's own reports."""

from collections.abc import Callable
from functools import partial
from typing import Any, cast

from django.contrib import messages as notices
from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from messaging import access
from messaging.host import Product, Shop, host
from messaging.models import Conversation, Report, Side
from trato.errors import Refused, missing
from trato.pagination import PageRequest
from trato.people import is_deleted
from trato.responses import STATUS, PersonRequest, person_required, with_retry_after

from . import actions, queries, visitor_views
from .forms import ReportForm


@require_http_methods(["GET", "POST"])
@person_required
def message(request: PersonRequest, conversation_id: int, sequence: int) -> HttpResponse:
    """Report a message of the other side with a reason and, optionally, a description."""
    conversation = access.conversation_for(request.user, conversation_id)
    row = conversation.messages.select_related("sender").filter(sequence=sequence).first()
    with missing(
        _("This message isn't there any more. You can report the conversation instead."),
        reverse("messaging:report_conversation", args=[conversation_id]),
        _("Report the conversation"),
    ):
        if row is None or row.side == conversation.side_of(request.user.pk) or row.is_hidden:
            raise Http404("no such message to report")
        return _form(
            request,
            Report.Kind.MESSAGE,
            partial(actions.report_message, request.user, conversation_id, sequence),
            back=conversation.get_absolute_url(),
            conversation=conversation,
            message=row,
        )


@require_http_methods(["GET", "POST"])
@person_required
def conversation(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Report a whole conversation, or choose what else to report: a person or the shop."""
    row = access.conversation_for(request.user, conversation_id)
    side = row.side_of(request.user.pk)
    return _form(
        request,
        Report.Kind.CONVERSATION,
        partial(actions.report_conversation, request.user, conversation_id),
        back=row.get_absolute_url(),
        conversation=row,
        name=row.counterpart_of(side),
        others=_others(request.user, row),
        shop_slug="" if side == Side.SELLER else getattr(row.shop, host.shop_slug_field),
    )


def _others(user: Any, row: Conversation) -> list[Any]:
    """Return the people on the other side whom the person may report."""
    if row.consumer_id != user.pk:
        return [row.consumer]
    written = row.messages.filter(side=Side.SELLER, is_automatic=False)
    people: Any = get_user_model()._default_manager
    rows = people.filter(pk__in=written.values("sender_id")).exclude(pk=user.pk).order_by("pk")
    return [one for one in rows if not is_deleted(one)]


@require_http_methods(["GET", "POST"])
@person_required
def person(request: PersonRequest, conversation_id: int, person_id: int) -> HttpResponse:
    """Report somebody on the other side of a conversation."""
    row = access.conversation_for(request.user, conversation_id)
    other = actions.person_in(row, request.user, person_id)
    return _form(
        request,
        Report.Kind.PERSON,
        partial(actions.report_person, request.user, conversation_id, person_id),
        back=row.get_absolute_url(),
        name=host.display_name(other),
    )


@require_http_methods(["GET", "POST"])
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """Report a product, with or without an account."""
    row = host.find_product(slug)
    if row is None:
        raise Http404("no such product")
    return _public(request, product=row)


@require_http_methods(["GET", "POST"])
def shop(request: HttpRequest, slug: str) -> HttpResponse:
    """Report a shop, with or without an account."""
    row = host.find_shop(slug)
    if row is None:
        raise Http404("no such shop")
    return _public(request, shop=row)


def _public(
    request: HttpRequest, *, product: Product | None = None, shop: Shop | None = None
) -> HttpResponse:
    user: Any = request.user if request.user.is_authenticated else None
    actions.require_reportable(user, product=product, shop=shop)
    if user is None:
        return visitor_views.report(request, product=product, shop=shop)
    request = cast(PersonRequest, request)
    if product is not None:
        file = partial(actions.report_product, user, product)
        name, back = host.product_title(product), host.product_url(product)
        return _form(request, Report.Kind.PRODUCT, file, back=back, name=name)
    seller = cast(Shop, shop)
    file = partial(actions.report_shop, user, seller)
    name, back = host.shop_name(seller), host.shop_url(seller)
    return _form(request, Report.Kind.SHOP, file, back=back, name=name)


def _form(
    request: PersonRequest, kind: Report.Kind, file: Callable[..., Report], **context: Any
) -> HttpResponse:
    """Show the form for a kind of item, or file a report and show its receipt."""
    form = ReportForm(request.POST or None, kind=kind)
    status, refusal = 200, None
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                report = file(**form.cleaned_data)
            except Refused as error:
                refusal, status = error, STATUS[error.code]
                form.add_error(None, str(error.detail))
            else:
                notices.success(request, _("Thank you. Our staff will look at it."))
                return redirect(report)
    context |= {"kind": kind, "form": form}
    response = render(request, "messaging/reports/report.html", context, status=status)
    return with_retry_after(response, refusal) if refusal else response


@require_GET
@person_required
def own_reports(request: PersonRequest) -> HttpResponse:
    """List the person's reports and their outcomes."""
    page = queries.page_of(request.user, PageRequest.from_query(request.GET))
    context = {"page": page, "receipts": [queries.receipt_of(row) for row in page.rows]}
    return render(request, "messaging/reports/own_reports.html", context)


@require_GET
@person_required
def own_report(request: PersonRequest, report_id: int) -> HttpResponse:
    """Show one of the person's own reports: the receipt, and later the outcome."""
    report = queries.own(request.user, report_id)
    return render(request, "messaging/reports/receipt.html", queries.page_about(report))
