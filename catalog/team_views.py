"""Pages about a shop's team: its members, their roles, invitations."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from trato.errors import Refused, missing
from trato.responses import PersonRequest, key_from, person_required

from . import access, invitation_links, invitation_mails, invitations, queries, submissions, teams
from .forms import InvitationForm, RoleForm
from .models import ShopMember

NO_MEMBER = gettext_lazy("There is no such person on a team of yours. Perhaps they've left.")
member_required = missing(NO_MEMBER, reverse_lazy("catalog:team"))


@person_required
def team(request: PersonRequest) -> HttpResponse:
    """Show a person's teams. Owners invite people; others answer invitations."""
    form = None
    if request.method == "POST":
        for answer in ("accept", "decline"):
            if answer in request.POST:
                return _answer(request, key_from(request.POST[answer]), answer == "accept")
        shop = access.own_shop(request.user, key_from(request.POST.get("shop", "")))
        teams.require_owner(request.user, shop.pk)
        if "take_back" in request.POST:
            if not invitations.withdraw(request.user, key_from(request.POST["take_back"])):
                messages.info(request, _("This invitation is no longer open."))
            return redirect("catalog:team")
        if "again" in request.POST:
            return _invite_again(request, key_from(request.POST["again"]))
        form = _form_for(shop.pk, request.POST)
        if form.is_valid() and _invite(request, shop.pk, form):
            return redirect("catalog:team")
    rows = queries.teams_of(request.user)
    for row in rows:
        is_posted = form is not None and form.auto_id == _auto_id(row.shop.pk)
        row.form = form if is_posted else _form_for(row.shop.pk)
    context = {
        "teams": rows,
        "invitations": access.invitations_for(request.user),
        "form_key": submissions.key_from(request),
        "now": timezone.now(),
        "days": settings.INVITATION_DAYS,
    }
    return render(request, "catalog/team.html", context, status=400 if form else 200)


@person_required
@member_required
def change_role(request: PersonRequest, shop_key: str, user_key: str) -> HttpResponse:
    """Make an agent an owner, or an owner an agent.

    If owners double-click to make themselves agents, the second click also leads to the team.
    """
    shop_id, user_id = key_from(shop_key), key_from(user_key)
    gives_up = request.user.pk == user_id and request.POST.get("role") == ShopMember.Role.AGENT
    if gives_up and not access.is_owner(request.user, shop_id):
        return redirect("catalog:team")
    member = access.own_member(request.user, shop_id, user_id)
    form = RoleForm(request.POST or None, initial={"role": member.role})
    if request.method == "POST" and form.is_valid():
        try:
            teams.change_role(
                request.user, member.shop_id, member.user_id, form.cleaned_data["role"]
            )
        except ValidationError as error:
            form.add_error("role", error)
        else:
            messages.success(request, _("Saved."))
            return redirect("catalog:team")
    context = {"member": member, "form": form}
    status = 400 if form.errors else 200
    return render(request, "catalog/team_role.html", context, status=status)


@person_required
@member_required
def remove(request: PersonRequest, shop_key: str, user_key: str) -> HttpResponse:
    """Ask for confirmation, then remove somebody from the team.

    A second click leads to the team like the first.
    """
    shop_id, user_id = key_from(shop_key), key_from(user_key)
    try:
        member = access.own_member(request.user, shop_id, user_id)
    except Http404:
        if request.method == "POST" and access.is_owner(request.user, shop_id):
            messages.info(request, _("This person is no longer on the team."))
            return redirect("catalog:team")
        raise
    if member.user_id == request.user.pk:
        return redirect("catalog:leave_team", member.shop_id)
    if request.method == "POST":
        teams.remove_member(request.user, member.shop_id, member.user_id)
        text = _("%(name)s is no longer on the team.")
        messages.success(request, text % {"name": member.user.name})
        return redirect("catalog:team")
    return render(request, "catalog/team_remove.html", {"member": member})


@person_required
def leave(request: PersonRequest, shop_key: str) -> HttpResponse:
    """Ask for confirmation, then leave a team. A second click leads to the team page too."""
    shop_id = key_from(shop_key)
    if request.method == "POST" and not access.shops_of(request.user).filter(pk=shop_id).exists():
        return redirect("catalog:team")
    shop = access.own_shop(request.user, shop_id)
    owners = access.owners(shop.pk)
    is_owner = access.is_owner(request.user, shop.pk)
    context: dict[str, Any] = {"shop": shop}
    if request.method == "POST":
        try:
            teams.leave_shop(request.user, shop.pk)
        except ValidationError:
            pass  # the page says that the shop needs another owner
        else:
            text = _("You're no longer on the team of %(shop)s.")
            messages.success(request, text % {"shop": shop.name})
            return redirect("catalog:team")
    context["is_needed"] = is_owner and not owners.exclude(user=request.user).exists()
    status = 400 if request.method == "POST" else 200
    return render(request, "catalog/team_leave.html", context, status=status)


def _answer(request: PersonRequest, invitation_id: int, accept: bool) -> HttpResponse:
    key = submissions.content_key(request)
    try:
        shop = invitations.answer(request.user, invitation_id, accept=accept, key=key)
    except ValidationError as error:
        messages.error(request, error.message)
        return redirect("catalog:team")
    if shop is None:
        messages.info(request, _("This invitation is no longer open."))
    elif accept:
        text = _("You're now on the team of %(shop)s.")
        messages.success(request, text % {"shop": shop.name})
    if shop is not None:
        invitation_links.forget(request)
    return redirect("catalog:team")


def _invite(request: PersonRequest, shop_id: int, form: InvitationForm) -> bool:
    """Invite the person in the form; return False if the form now has an error."""
    if not invitation_mails.may_send(request):
        form.add_error("email", _too_many_mails())
        return False
    sent = form.cleaned_data
    key = submissions.content_key(request)
    try:
        offer = invitations.invite(request.user, shop_id, sent["email"], sent["role"], key)
    except Refused as refusal:
        form.add_error("email", str(refusal.detail))
        return False
    except ValidationError as error:
        form.add_error("email", error)
        return False
    _mail(request, offer, sent["email"])
    return True


def _invite_again(request: PersonRequest, invitation_id: int) -> HttpResponse:
    if not invitation_mails.may_send(request):
        messages.error(request, _too_many_mails())
        return redirect("catalog:team")
    key = submissions.content_key(request)
    try:
        offer = invitations.invite_again(request.user, invitation_id, key)
    except Refused as refusal:
        messages.error(request, str(refusal.detail))
        return redirect("catalog:team")
    if offer.invitation is None:
        messages.info(request, _("This invitation is no longer open."))
    else:
        _mail(request, offer, offer.invitation.email)
    return redirect("catalog:team")


def _mail(request: PersonRequest, offer: invitations.Offer, email: str) -> None:
    """Send the email, unless this is a repeat, and tell the owner what happened."""
    if not offer.token or invitation_mails.send(request, offer):
        text = _("We've emailed the invitation to %(email)s.")
        messages.success(request, text % {"email": email})
    else:
        text = _("We can't send email right now. Your invitation is saved. Send it again later.")
        messages.error(request, text)


def _too_many_mails() -> str:
    return _("We can't send more invitations right now. Try again later.")


def _form_for(shop_id: int, data: Any = None) -> InvitationForm:
    return InvitationForm(data, auto_id=_auto_id(shop_id))


def _auto_id(shop_id: int) -> str:
    return f"shop-{shop_id}-%s"
