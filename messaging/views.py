"""Conversations over HTTP: pages and forms for people, JSON for their scripts.

Everything works without JavaScript; what a script does over the socket it can also do here.
"""

import uuid
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib import messages as notices
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from trato import rate_limits
from trato.errors import Refused
from trato.pagination import Start
from trato.people import Person
from trato.realtime import metrics
from trato.responses import (
    STATUS,
    PersonRequest,
    counter_from,
    json_response,
    person_required,
    refusal_response,
    wants_json,
    with_retry_after,
)

from . import access, actions, frames, queries
from .contact import questions
from .host import Product, ProductCard, Shop, host, product_model
from .models import Conversation, KeptQuestion, Message, Side
from .sending import actions as sending

PIXEL = bytes.fromhex(
    "47494638396101000100800000000000ffffff21f90401000000002c00000000010001000002024401003b"
)


# -- Asking ----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def contact(request: HttpRequest, slug: str) -> HttpResponse:
    """Find or start the conversation about a product, and send the first message."""
    product = _product_to_ask_about(request, slug)
    if request.method == "GET":
        return _back_from_login(request, product)
    if product is None:
        raise Http404("no such product")
    return _ask(request, host.shop_of(product), product)


@require_http_methods(["GET", "POST"])
def contact_shop(request: HttpRequest, slug: str) -> HttpResponse:
    """Find or start the conversation with a shop that is about no product."""
    shop = host.find_shop(slug)
    if request.method == "GET":
        return _back_from_login(request, shop)
    if shop is None:
        raise Http404("no such shop")
    return _ask(request, shop, None)


def _product_to_ask_about(request: HttpRequest, slug: str) -> Product | None:
    """A product on sale; also one no longer on sale that the person has asked about before."""
    product = host.find_product(slug)
    if product is None or host.is_available(product) or _conversation_about(request, product):
        return product
    return None


def _conversation_about(request: HttpRequest, subject: Product | Shop) -> Conversation | None:
    if not request.user.is_authenticated:
        return None
    is_product = isinstance(subject, product_model())
    about = {"product": subject} if is_product else {"product": None, "shop": subject}
    return Conversation.objects.filter(consumer=request.user, **about).first()


def _ask(request: HttpRequest, shop: Shop, product: Product | None) -> HttpResponse:
    question = questions.Question.from_post(request)
    if "discard" in request.POST:
        questions.waiting(request).filter(client_id=question.client_id).delete()
        return redirect(request.path)
    try:
        if not request.user.is_authenticated:
            rate_limits.hit("KEPT_QUESTIONS_PER_HOUR", rate_limits.address(request))
            questions.keep(request, question, shop, product)
            return redirect_to_login(request.path)
        send = sending.send_now if wants_json(request) else sending.send_form
        conversation = _start_and_send(request.user, shop, product, question, send)
    except rate_limits.TooOften as error:
        refusal = Refused("rate_limited", str(error), error.retry_after)
        return _ask_again(request, shop, product, question, refusal)
    except Refused as refusal:
        return _ask_again(request, shop, product, question, refusal)
    questions.waiting(request).filter(client_id=question.client_id).delete()
    if questions.waiting(request).exists():
        notices.success(request, _("Your question was sent."))
        return redirect(request.path)
    return redirect(conversation)


def _back_from_login(request: HttpRequest, subject: Product | Shop | None) -> HttpResponse:
    """Send all that the visitor wrote before logging in, and go on where that leads.

    What cannot be sent is shown, one question after another, until it is sent or discarded.
    """
    sent: list[Conversation] = []
    refused: list[tuple[KeptQuestion, Refused]] = []
    if request.user.is_authenticated:
        for kept in questions.waiting(request).select_related("shop", "product"):
            try:
                sent += _send_kept(request.user, kept.pk)
            except Refused as refusal:
                refused.append((kept, refusal))
        if refused:
            if sent:
                notices.success(request, _sent_text(len(sent)))
            return _show_kept(request, *refused[0])
        questions.nothing_waits(request)
    if subject is None and not sent:
        raise Http404("nothing to ask about")
    shown = _conversation_about(request, subject) if subject else None
    if shown or sent:
        shown = shown or sent[-1]
        _name_others([one for one in sent if one != shown], request)
        return redirect(shown)
    return redirect(_page_of(cast("Product | Shop", subject)))


def _page_of(subject: Product | Shop) -> str:
    if isinstance(subject, product_model()):
        return host.product_card(subject).url
    return host.shop_url(subject)


def _name_others(others: list[Conversation], request: HttpRequest) -> None:
    """Say what was sent beside that which is shown."""
    titles = dict.fromkeys(f"“{one.product_title or one.shop_name}”" for one in others)
    if titles:
        text = ngettext(
            "Your question about %(titles)s was sent too. You find it in your conversations.",
            "Your questions about %(titles)s were sent too. You find them in your conversations.",
            len(titles),
        )
        notices.success(request, text % {"titles": ", ".join(titles)})


def _sent_text(count: int) -> str:
    return ngettext("%(count)s question was sent.", "%(count)s questions were sent.", count) % {
        "count": count
    }


@transaction.atomic
def _send_kept(user: Person, kept_id: int) -> list[Conversation]:
    """Send a question that waited; empty if another tab has sent it.

    Raises:
        Refused: as a send does; `not_found` if the product is no longer on sale.
    """
    rows = KeptQuestion.objects.select_for_update(of=("self",)).select_related("shop", "product")
    kept = rows.filter(pk=kept_id).first()
    if kept is None:
        return []
    product: Product | None = kept.product
    if product and not (
        host.is_available(product)
        or Conversation.objects.filter(consumer_id=user.pk, product_id=product.pk).exists()
    ):
        text = _("“%(title)s” is no longer on sale. You can ask the shop about it.")
        raise Refused("not_found", text % {"title": host.product_card(product).title})
    question = questions.Question(kept.body, kept.client_id)
    conversation = _start_and_send(user, kept.shop, product, question, sending.send_form)
    kept.delete()
    return [conversation]


def _show_kept(request: HttpRequest, kept: KeptQuestion, refusal: Refused) -> HttpResponse:
    product: Product | None = kept.product
    if refusal.code == "not_found":
        product = None
    if refusal.code == "forbidden":
        kept.delete()  # it never can be sent; these are its words once more
    question = questions.Question(kept.body, kept.client_id)
    return _ask_again(request, kept.shop, product, question, refusal, was_kept=True)


@transaction.atomic
def _start_and_send(
    user: Person,
    shop: Shop,
    product: Product | None,
    question: questions.Question,
    send: Callable[[Person, int, uuid.UUID, str], Message],
) -> Conversation:
    """Both or neither: a refused first message leaves no empty conversation behind."""
    conversation = actions.start_conversation(user, product=product, shop=shop)
    if question.body.strip():
        send(user, conversation.pk, question.client_id, question.body)
    return conversation


def _ask_again(
    request: HttpRequest,
    shop: Shop,
    product: Product | None,
    question: questions.Question,
    refusal: Refused,
    *,
    was_kept: bool = False,
) -> HttpResponse:
    """The panel once more, with what was wrong and with every word that was written."""
    if wants_json(request):
        return refusal_response(refusal, str(question.client_id))
    card = host.product_card(product) if product else None
    context = {
        **questions.panel(request.user.pk, shop.pk, product.pk if product else None),
        "shop_name": host.shop_name(shop),
        "product": card,
        "back": card.url if card else host.shop_url(shop),
        "action": reverse("messaging:contact", args=[host.product_slug(product)])
        if product
        else reverse("messaging:contact_shop", args=[host.shop_slug(shop)]),
        "draft": question.body,
        "was_kept": was_kept,
        "client_id": question.client_id,
        "form_error": refusal.detail,
    }
    response = render(request, "messaging/ask.html", context, status=STATUS[refusal.code])
    return with_retry_after(response, refusal)


# -- Reading ---------------------------------------------------------------------------------


@require_GET
@person_required
def conversation_list(request: PersonRequest) -> HttpResponse:
    """A person's conversations; for a seller, the inbox of the shops they work for."""
    return render(request, "messaging/conversation_list.html", _list(request))


@require_GET
@person_required
def conversation_rows(request: PersonRequest) -> HttpResponse:
    """The rows of that page, for its script.

    They have an address of their own: under the page's, a browser that goes back would show what
    it fetched there last.
    """
    return render(request, "messaging/_conversation_items.html", _list(request))


def _list(request: PersonRequest) -> dict[str, Any]:
    search = request.GET.get("q", "").strip()[:100].replace("\0", "")
    if search:
        rate_limits.hit("CONVERSATION_SEARCHES_PER_MINUTE", f"person-{request.user.pk}")
    unread_only = request.GET.get("unread") == "1"
    page = queries.conversation_list(
        request.user, Start.asked(request.GET), search=search, unread_only=unread_only
    )
    for conversation in page.rows:
        side = conversation.side_of(request.user.pk)
        conversation.my_side = side
        conversation.counterpart = _counterpart(conversation, side)
    return {
        "page": page,
        "query": search,
        "unread_only": unread_only,
        "is_seller": host.acts_as_seller(request.user),
        "browse_url": host.browse_url(),
    }


@require_GET
@person_required
def conversation(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """One conversation, with the form to go on."""
    found = access.conversation_for(request.user, conversation_id)
    return _thread(request, found)


@require_GET
@person_required
def messages(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """JSON: what came since a revision, or a page of older messages before a sequence."""
    found = access.conversation_for(request.user, conversation_id)
    try:
        if "before" in request.GET:
            before = counter_from(request.GET["before"])
            rows, more = queries.messages_before(found, before)
            resuming = False
        else:
            since = counter_from(request.GET.get("since", "0"))
            resuming = since > 0
            if resuming:
                metrics.resumes.labels("http").inc()
            rows, more = (
                queries.messages_since(found, since) if resuming else queries.latest_messages(found)
            )
    except Refused as refusal:
        return refusal_response(refusal)
    marks = queries.read_marks(found)
    return json_response(frames.page(found, rows, more=more, read=marks, resuming=resuming))


# -- Writing ---------------------------------------------------------------------------------


@require_POST
@person_required
def new_message(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Send a message: a form goes back to the thread, a script gets the acknowledgement."""
    body, given = request.POST.get("body", ""), request.POST.get("client_id", "")
    send = sending.send_now if wants_json(request) else sending.send_form
    try:
        message = send(request.user, conversation_id, _client_id(given), body)
    except Refused as refusal:
        if wants_json(request):
            return refusal_response(refusal, given[:64] or None)
        found = access.conversation_for(request.user, conversation_id)
        response = _thread(request, found, refusal=refusal, draft=body)
        return with_retry_after(response, refusal)
    if wants_json(request):
        return json_response(frames.MessageAnswer.of(message))
    return redirect(f"{message.conversation.get_absolute_url()}#message-{message.sequence}")


@require_POST
@person_required
def read(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """The reader has seen the messages up to a sequence."""
    try:
        sequence = counter_from(request.POST.get("sequence"))
    except Refused as refusal:
        return refusal_response(refusal)
    actions.mark_read(request.user, conversation_id, sequence)
    return HttpResponse(status=204)


@require_GET
@person_required
def read_pixel(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """The same without JavaScript: the thread's page has this picture in a `<noscript>`.

    A GET that writes: another site could send the reader here, and their cookies would come along.
    So the page signs the address, for this reader and this message.
    """
    try:
        sequence = counter_from(request.GET.get("sequence"))
    except Refused as refusal:
        return refusal_response(refusal)
    expected = _read_mark(request.user.pk, conversation_id, sequence)
    if not constant_time_compare(request.GET.get("mark", ""), expected):
        raise Http404("not signed by the thread's page")
    actions.mark_read(request.user, conversation_id, sequence)
    response = HttpResponse(PIXEL, content_type="image/gif")
    response["Cache-Control"] = "no-store"
    return response


# -- Parts -----------------------------------------------------------------------------------


def _read_mark(user_id: int, conversation_id: int, sequence: int) -> str:
    """What the address of the picture is signed with."""
    value = f"{user_id}:{conversation_id}:{sequence}"
    return salted_hmac("messaging.read_pixel", value, algorithm="sha256").hexdigest()


def _thread(
    request: PersonRequest,
    found: Conversation,
    *,
    refusal: Refused | None = None,
    draft: str = "",
) -> HttpResponse:
    side = found.side_of(request.user.pk)
    try:
        before = counter_from(request.GET["before"]) if "before" in request.GET else None
    except Refused as error:
        raise Http404("no such page") from error
    rows, has_older = (
        queries.messages_before(found, before) if before else queries.latest_messages(found)
    )
    marks, own_mark = queries.read_marks_and_own(found, request.user)
    context = {
        "conversation": found,
        "side": side,
        "counterpart": _counterpart(found, side),
        "history": rows,
        "has_older": has_older,
        "before": before,
        "read": marks,
        "read_by_other": marks[side.other],
        "first_unread": next(
            (row.sequence for row in rows if row.sequence > own_mark and row.side != side), None
        ),
        "max_characters": settings.MESSAGE_MAX_CHARACTERS,
        "client_id": uuid.uuid4(),
        "form_error": refusal.detail if refusal else None,
        "draft": draft,
        "read_mark": _read_mark(request.user.pk, found.pk, found.last_sequence),
        **_cards(found),
    }
    status = STATUS[refusal.code] if refusal else 200
    return render(request, "messaging/conversation.html", context, status=status)


def _cards(found: Conversation) -> dict[str, Any]:
    """The product as it stood when asked, and as it stands now."""
    if found.product is None:
        return {"card": None, "snapshot": None, "changed": False}
    card = host.product_card(found.product)
    snapshot = ProductCard(
        title=found.product_title,
        price=found.product_price or 0,
        currency=found.product_currency,
        image_url=found.product_image,
        url=card.url,
        available=True,
    )
    changed = (card.title, card.price_text) != (snapshot.title, snapshot.price_text)
    return {"card": card, "snapshot": snapshot, "changed": changed}


def _counterpart(found: Conversation, side: Side) -> str:
    return found.shop_name if side is Side.CONSUMER else found.consumer_name


def _client_id(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise Refused("invalid", _("The message came without its number.")) from error
