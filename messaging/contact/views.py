"""Asking over HTTP, from a product or shop page, before or after logging in."""

from collections.abc import Sequence
from functools import partial
from typing import Any, cast

from django.contrib import messages as notices
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from messaging import access, actions
from messaging.files.forms import FilesRefused, files_of, store_uploads
from messaging.files.queries import unsent
from messaging.host import Product, Shop, host, product_model
from messaging.models import Conversation, KeptQuestion, Side, blocking_sides
from messaging.rules.forms import answered
from trato import rate_limits
from trato.client_address import site_of
from trato.errors import Refused
from trato.responses import STATUS, refusal_response, wants_json, with_retry_after

from . import actions as contact_actions
from . import panel, queries, questions


@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, slug: str) -> HttpResponse:
    """Find or start the conversation about a product, and send its first message."""
    product = host.find_product(slug)
    if product is not None and not queries.may_be_asked_about(request.user, product):
        product = None
    if request.method == "GET":
        return _back_from_login(request, product)
    if product is None:
        raise Http404("no such product")
    return _ask(request, host.shop_of(product), product)


@require_http_methods(["GET", "POST"])
def contact_shop(request: HttpRequest, slug: str) -> HttpResponse:
    """Find or start a conversation with a shop, without a product, and send its first message."""
    shop = host.find_shop(slug)
    if request.method == "GET":
        return _back_from_login(request, shop)
    if shop is None:
        raise Http404("no such shop")
    return _ask(request, shop, None)


def _ask(request: HttpRequest, shop: Shop, product: Product | None) -> HttpResponse:
    question = questions.posted(request, shop, product)
    if "discard" in request.POST:
        questions.waiting(request).filter(client_id=question.client_id).delete()
        return redirect(request.path)
    files = files_of(request)
    try:
        if not request.user.is_authenticated:
            rate_limits.hit("KEPT_QUESTIONS_PER_HOUR", rate_limits.address(request))
            if site := site_of(request):
                rate_limits.hit("KEPT_QUESTIONS_PER_HOUR_AND_IPV6_SITE", site)
            questions.keep(request, question)
            return redirect_to_login(request.path)
        insists = answered(request.POST)[1]
        send = actions.send_over_http if wants_json(request) else actions.send_from_form
        files = _files_of(request, question)
        conversation = contact_actions.start_and_send(
            request.user, question, partial(send, insists=insists), files
        )
    except Refused as refusal:
        return _ask_again(request, question, refusal, files)
    questions.waiting(request).filter(client_id=question.client_id).delete()
    if questions.waiting(request).exists():
        notices.success(request, _("Your question was sent."))
        return redirect(request.path)
    return redirect(conversation)


def _files_of(request: HttpRequest, question: KeptQuestion) -> list[int]:
    """Start a question's conversation to store the question's files in it; return their IDs."""
    if not request.FILES:
        return files_of(request)
    conversation = actions.start_conversation(
        cast(Any, request.user), product=question.product, shop=question.shop
    )
    return store_uploads(request, conversation.pk, question.client_id)


def _back_from_login(request: HttpRequest, subject: Product | Shop | None) -> HttpResponse:
    """Send everything that the visitor wrote before logging in, and redirect to the conversation.

    Questions that can't be sent are shown one after another, until each is sent or discarded.
    """
    sent: list[Conversation] = []
    refused: list[tuple[KeptQuestion, Refused]] = []
    if request.user.is_authenticated:
        for kept in questions.waiting(request).select_related("shop", "product"):
            try:
                sent += contact_actions.send_kept(request.user, kept.pk)
            except Refused as refusal:
                refused.append((kept, refusal))
        if refused:
            if sent:
                text = ngettext(
                    "%(count)s question was sent.", "%(count)s questions were sent.", len(sent)
                )
                notices.success(request, text % {"count": len(sent)})
            return _show_kept(request, *refused[0])
        questions.nothing_waits(request)
    shown = queries.conversation_about(request.user, subject) if subject else None
    if shown or sent:
        shown = shown or sent[-1]
        _name_others([one for one in sent if one != shown], request)
        return redirect(shown)
    if subject is None:
        raise Http404("nothing to ask about")
    is_product = isinstance(subject, product_model())
    return redirect(host.product_card(subject).url if is_product else host.shop_url(subject))


def _name_others(others: list[Conversation], request: HttpRequest) -> None:
    """Mention the other conversations in which a question was sent."""
    titles = dict.fromkeys(f"“{one.product_title or one.shop_name}”" for one in others)
    if titles:
        text = ngettext(
            "Your question about %(titles)s was sent too. It's in your conversations.",
            "Your questions about %(titles)s were sent too. They're in your conversations.",
            len(titles),
        )
        notices.success(request, text % {"titles": ", ".join(titles)})


def _show_kept(request: HttpRequest, kept: KeptQuestion, refusal: Refused) -> HttpResponse:
    if refusal.code == "not_found":
        kept.product = None
    if refusal.code == "forbidden" and not refusal.shield:
        kept.delete()  # it can never be sent; show the text so that the visitor can copy it
    return _ask_again(request, kept, refusal, was_kept=True)


def _ask_again(
    request: HttpRequest,
    question: KeptQuestion,
    refusal: Refused,
    files: Sequence[int] = (),
    *,
    was_kept: bool = False,
) -> HttpResponse:
    """Show the panel again, with the error, everything the visitor wrote, and the stored files."""
    if wants_json(request):
        return refusal_response(refusal, str(question.client_id))
    shop: Shop = question.shop
    product: Product | None = question.product
    card = host.product_card(product) if product else None
    kept = refusal.kept if isinstance(refusal, FilesRefused) else files
    context = {
        **panel.panel(request.user.pk, shop, product),
        "product": card,
        "back": card.url if card else host.shop_url(shop),
        "draft": question.body,
        "was_kept": was_kept,
        "client_id": question.client_id,
        "form_error": refusal.detail,
        "question": refusal,
        "has_blocked": _has_blocked(request, shop) if refusal.code == "blocked" else False,
        "kept_files": unsent(cast(Any, request.user), kept) if kept else (),
    }
    response = render(request, "messaging/contact/ask.html", context, status=STATUS[refusal.code])
    return with_retry_after(response, refusal)


def _has_blocked(request: HttpRequest, shop: Shop) -> bool:
    """Whether the shopper has blocked the shop. Shoppers don't see if the shop has blocked them."""
    blocked_by = access.blocked_by_of(cast(Any, request.user).pk, shop.pk)
    return Side.CONSUMER in blocking_sides(blocked_by)
