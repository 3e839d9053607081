"""Ask from a product or shop page: the visitor writes first and logs in afterwards.

A visitor's questions wait in the database until somebody logs in with the same browser; each of
them is then sent once. A key in the session identifies them. The session itself can't hold them: if
two tabs write to it at the same time, one question is lost.
"""

import uuid
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from messaging.body import clean_body
from messaging.models import KeptQuestion
from messaging.rules.forms import answered
from trato import after_login
from trato.errors import Refused, when_shown
from trato.responses import uuid_from
from trato.templatetags.page_user import PAGE_USER_FIELD

VISITOR = "visitor"  # session key


def posted(request: HttpRequest, shop: Any, product: Any) -> KeptQuestion:
    """Return the unsaved question of a posted form; if it has no `client_id`, it gets a new one."""
    return KeptQuestion(
        shop=shop,
        product=product,
        writer=request.POST.get(PAGE_USER_FIELD, "")[:20],
        client_id=uuid_from(request.POST.get("client_id")) or uuid.uuid4(),
        body=answered(request.POST)[0],
    )


def keep(request: HttpRequest, question: KeptQuestion) -> None:
    """Store a question until its author has logged in.

    A different text under a stored `client_id` is another question: the visitor has gone back to
    the form.

    Raises:
        Refused: `invalid` or `too_long` for the text, `rate_limited` if too many are waiting.
    """
    body = clean_body(question.body) if question.body.strip() else ""
    visitor = _visitor(request)
    about = {
        "shop_id": question.shop_id,
        "product_id": question.product_id,
        "body": body,
        "writer": question.writer,
    }
    asked = KeptQuestion.objects.filter(visitor=visitor)
    client_id = question.client_id
    first = asked.filter(client_id=client_id).values(*about).first()
    if first not in (None, about):
        client_id = uuid.uuid5(client_id, repr(about))
    is_new = not asked.filter(client_id=client_id).exists()
    if is_new and asked.count() >= settings.KEPT_QUESTIONS_MAX:
        raise Refused("rate_limited", when_shown(_too_many_wait))
    KeptQuestion.objects.get_or_create(visitor=visitor, client_id=client_id, defaults=about)
    request.session[VISITOR] = str(visitor)
    after_login.remember(request)


def _too_many_wait() -> str:
    return ngettext(
        "Log in to send your saved question first, then ask this one.",
        "Log in to send your %(count)s saved questions first, then ask this one.",
        settings.KEPT_QUESTIONS_MAX,
    ) % {"count": settings.KEPT_QUESTIONS_MAX}


def waiting(request: HttpRequest) -> QuerySet[KeptQuestion]:
    """Return the questions that this browser's visitor wrote before logging in, in order.

    Omits questions by somebody who was logged in: another person may be using the browser now.
    """
    visitor = request.session.get(VISITOR)
    if not visitor:
        return KeptQuestion.objects.none()
    rows = KeptQuestion.objects.filter(visitor=visitor).order_by("id")
    if request.user.is_authenticated:
        rows = rows.filter(writer__in=["", str(request.user.pk)])
    return rows


def nothing_waits(request: HttpRequest) -> None:
    """Forget where to go after the login."""
    request.session.pop(VISITOR, None)
    after_login.forget(request)


def _visitor(request: HttpRequest) -> uuid.UUID:
    """Identify the visitor who writes in this browser without being logged in.

    Two tabs that post at the same time have no session yet, but share a CSRF token. It identifies
    the visitor, whichever of the two new sessions the browser keeps.
    """
    if known := request.session.get(VISITOR):
        return uuid.UUID(known)
    token = request.COOKIES.get(settings.CSRF_COOKIE_NAME)
    if not token:
        return uuid.uuid4()
    return uuid.UUID(bytes=salted_hmac("messaging.visitor", token).digest()[:16])
