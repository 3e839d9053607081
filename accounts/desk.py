"""Parts of the staff desk that the apps' admins share."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from .models import User

REASON_MAX = 2000  # characters


class ReasonForm(forms.Form):
    """Why: every act of staff needs it."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
        max_length=REASON_MAX,
    )


class KeptAdmin:
    """Neither added nor deleted by staff: put before `ModelAdmin` among the bases."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(KeptAdmin):
    """To be read alone."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


def person_of(request: HttpRequest) -> User:
    """Who asks, on a page that the admin lets only staff see."""
    return cast(User, request.user)


def page_link(model: type[Model], key: object, text: object) -> str:
    """A link to a row's page in the admin, or the text alone where its model has none."""
    options = model._meta
    try:
        address = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[key])
    except NoReverseMatch:
        return str(text)
    return format_html('<a href="{}">{}</a>', address, text)


def act_with_reason(
    request: HttpRequest,
    title: str,
    act: Callable[[str], Any],
    *,
    model: type[Model],
    back: str,
    allowed: bool,
    about: str = "",
) -> HttpResponse:
    """Ask for a reason, do the act, go back.

    Args:
        title: what is about to be done, as a heading.
        act: takes the reason; may raise ValidationError.
        model: whose pages this one stands among.
        back: the address to return to, unless the request names another one of this site in
            `next`.
        allowed: whether this person may do it; the act checks for itself too.
        about: to whom or to what it is done.

    Raises:
        PermissionDenied: it is not allowed.
    """
    if not allowed:
        raise PermissionDenied
    wanted = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        back = wanted
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error("reason", error)
        else:
            messages.success(request, _now("Done, and written to the audit trail."))
            return HttpResponseRedirect(back)
    context = {
        **admin.site.each_context(request),
        "title": title,
        "opts": model._meta,
        "about": about,
        "form": form,
        "back": back,
    }
    return render(request, "admin/reason.html", context, status=400 if form.errors else 200)
