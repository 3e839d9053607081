"""The page on which a shop's team sees how it works together."""

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from messaging import access
from messaging.host import Shop, host
from trato.responses import PersonRequest, key_from, person_required

from . import actions, queries
from .forms import RulesForm


@person_required
def teamwork(request: PersonRequest) -> HttpResponse:
    """Show how a shop's team works together; its managers post the rules."""
    if request.method != "POST":
        return _page(request, access.chosen_shop(request.user, request.GET.get("shop", "")))
    shop = access.own_shop(request.user, key_from(request.POST.get("shop", "")), manage=True)
    form = RulesForm(request.POST, row=queries.rules_of(shop))
    if form.is_valid():
        actions.set_rules(request.user, shop.pk, **form.cleaned_data)
    notices.success(request, _("Saved."))
    return redirect(f"{reverse('messaging:teamwork')}?shop={shop.pk}")


def _page(request: PersonRequest, shop: Shop) -> HttpResponse:
    context = {
        "shop": shop,
        "shops": [(one.pk, host.shop_name(one)) for one in access.own_shops(request.user)],
        "may_change": request.user.pk in host.managers_of(shop.pk),
        "rules": RulesForm(row=queries.rules_of(shop)),
    }
    return render(request, "messaging/team/teamwork.html", context)
