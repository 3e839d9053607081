"""A person's profile: name, picture, language and time zone."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from trato.images.forms import SquarePictureForm

from . import pictures, preferences
from .forms import ProfileForm
from .models import User
from .profile import change_profile


@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Show and change name and picture, with links to the security settings."""
    user = get_object_or_404(User, pk=request.user.pk)
    form = ProfileForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        try:
            user = change_profile(user, form.cleaned_data)
        except User.DoesNotExist:
            return redirect_to_login(request.path)
        with translation.override(user.language):
            messages.success(request, _("Saved."))
        return preferences.remember(redirect("accounts:profile"), user)
    return _page(
        request, form, SquarePictureForm(request, is_sent=False), 400 if form.errors else 200
    )


@login_required
@require_POST
def picture(request: HttpRequest) -> HttpResponse:
    """Set the person's picture, or (`remove`) go back to the initials."""
    user = cast(User, request.user)
    form = SquarePictureForm(request, is_sent=True)
    is_removed = "remove" in request.POST
    if not is_removed and not form.is_valid():
        return _page(request, ProfileForm(instance=user), form, form.status)
    try:
        pictures.set_picture(user, None if is_removed else form.cleaned_data["picture"])
    except User.DoesNotExist:  # suspended or deleted while we decoded
        return redirect_to_login(request.path)
    messages.success(request, _("Saved."))
    return redirect("accounts:profile")


def _page(
    request: HttpRequest, form: ProfileForm, picture_form: SquarePictureForm, status: int
) -> HttpResponse:
    context = {"form": form, "picture_form": picture_form}
    page = render_to_string("accounts/profile.html", context, request)
    return HttpResponse(page, status=status, headers=picture_form.headers)
