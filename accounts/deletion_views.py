"""The page where people delete their account, and the page that confirms it."""

import contextlib
from typing import cast
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from . import deletion
from .adapter import MailServerAway
from .forms import DeletionForm
from .models import User

SALT = "trato.deletion"
PAGE_SECONDS = 60 * 60  # how long a page recognises a second click


@never_cache
def delete(request: HttpRequest) -> HttpResponse:
    """Explain what will happen, and delete the account after the password and a ticked box.

    On a second click, nobody is logged in any more. The signed mark shows whose page it was.
    """
    mark = request.POST.get("mark", "")
    if not request.user.is_authenticated and _deleted_person(mark) is not None:
        return _done(mark)
    return _confirmed(request)


@reauthentication_required(app="allauth.account", allow_get=False)
def _confirmed(request: HttpRequest) -> HttpResponse:
    person = cast(User, request.user)
    form = DeletionForm(request.POST or None)
    reasons = deletion.hindrances(person)
    if request.method == "POST" and not reasons and form.is_valid():
        try:
            before = deletion.delete_account(person.pk)
        except deletion.Hindered as error:
            reasons = error.hindrances
        else:
            if before is not None:
                _confirm_by_mail(before)
            logout(request)
            return _done(_mark(person.pk))
    context = {
        "form": form,
        "hindrances": reasons,
        "consequences": deletion.consequences(person),
        "mark": _mark(person.pk),
    }
    status = 400 if form.errors else 409 if reasons and request.method == "POST" else 200
    return render(request, "accounts/delete.html", context, status=status)


def _confirm_by_mail(before: User) -> None:
    """Confirm the deletion by email, to the address that the account had."""
    with contextlib.suppress(MailServerAway):
        get_adapter().send_notification_mail(
            "account/email/account_deleted", before, email=before.email
        )


def _mark(pk: int) -> str:
    return signing.dumps(pk, salt=SALT)


def _done(mark: str) -> HttpResponse:
    return redirect(f"{reverse('accounts:deleted')}?{urlencode({'mark': mark})}")


def _deleted_person(mark: str) -> int | None:
    """Return the key of the deleted account that a mark names, if any."""
    try:
        pk = signing.loads(mark, salt=SALT, max_age=PAGE_SECONDS)
    except signing.BadSignature:
        return None
    rows = User.objects.filter(pk=pk, deleted_at__isnull=False)
    return rows.values_list("pk", flat=True).first()


@require_GET
def deleted(request: HttpRequest) -> HttpResponse:
    """Confirm the deletion; a script then clears what the browser stored for the account.

    The script needs the signed mark, so that a link can't make it clear somebody's drafts.
    """
    person = _deleted_person(request.GET.get("mark", ""))
    return render(request, "accounts/deleted.html", {"person": person})
