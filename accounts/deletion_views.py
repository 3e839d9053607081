"""The page on which people delete their account, and the page that says that it is done."""

import contextlib
from typing import cast

from allauth.account.adapter import get_adapter
from allauth.account.decorators import reauthentication_required
from django.contrib.auth import logout
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
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
    """Say what will happen; after the password and a tick, delete the account.

    A second click finds nobody logged in. The page's signed mark tells it from a stranger's.
    """
    if request.method == "POST" and not request.user.is_authenticated and _was_deleted(request):
        return redirect("accounts:deleted")
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
                _tell(before)
            logout(request)
            return redirect("accounts:deleted")
    context = {
        "form": form,
        "hindrances": reasons,
        "consequences": deletion.consequences(person),
        "mark": signing.dumps(person.pk, salt=SALT),
    }
    status = 400 if form.errors else 409 if reasons and request.method == "POST" else 200
    return render(request, "accounts/delete.html", context, status=status)


def _tell(before: User) -> None:
    """Confirm the deletion by a mail to the address that the account had."""
    with contextlib.suppress(MailServerAway):
        get_adapter().send_notification_mail(
            "account/email/account_deleted", before, email=before.email
        )


def _was_deleted(request: HttpRequest) -> bool:
    try:
        pk = signing.loads(request.POST.get("mark", ""), salt=SALT, max_age=PAGE_SECONDS)
    except signing.BadSignature:
        return False
    return User.objects.filter(pk=pk, deleted_at__isnull=False).exists()


@require_GET
def deleted(request: HttpRequest) -> HttpResponse:
    """Say that the account is deleted."""
    return render(request, "accounts/deleted.html")
