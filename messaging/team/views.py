"""The page on which a shop's team sees how it works together."""

from django.contrib import messages as notices
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from messaging import access
from messaging.host import Shop, host
from messaging.models import AlertChoice
from trato.responses import PersonRequest, json_response, key_from, person_required

from . import actions, queries
from .forms import AlertsForm, RulesForm
from .frames import Alerts


@require_http_methods(["GET", "POST"])
@person_required
def teamwork(request: PersonRequest) -> HttpResponse:
    """Show how a shop's team works together. A POST changes the part that `act` names.

    Only managers can change the rules; each member chooses their own alerts.
    """
    if request.method != "POST":
        return _page(request, access.chosen_shop(request.user, request.GET.get("shop", "")))
    is_rules = request.POST.get("act") == "rules"
    shop = access.own_shop(request.user, key_from(request.POST.get("shop", "")), manage=is_rules)
    if is_rules:
        rules = RulesForm(request.POST, row=queries.rules_of(shop))
        if rules.is_valid():
            actions.set_rules(request.user, shop.pk, **rules.cleaned_data)
    else:
        alerts = AlertsForm(request.POST)
        if not alerts.is_valid():
            return _page(request, shop, alerts)
        level = AlertChoice.Level(alerts.cleaned_data["level"])
        actions.set_alerts(request.user, shop.pk, level)
    notices.success(request, _("Saved."))
    return redirect(f"{reverse('messaging:teamwork')}?shop={shop.pk}")


@require_GET
@person_required
def alerts(request: PersonRequest, conversation_id: int) -> HttpResponse:
    """Return as JSON whether messages of a conversation alert the person."""
    conversation = access.conversation_for(request.user, conversation_id)
    is_alerted = queries.is_alerted(conversation, request.user)
    return json_response(Alerts(conversation.pk, is_alerted))


def _page(request: PersonRequest, shop: Shop, sent: AlertsForm | None = None) -> HttpResponse:
    level = queries.level_of(request.user, shop.pk)
    context = {
        "shop": shop,
        "shops": [(one.pk, host.shop_name(one)) for one in access.own_shops(request.user)],
        "may_change": request.user.pk in host.managers_of(shop.pk),
        "alerts": sent or AlertsForm(initial={"level": level}),
        "everybody_is_silent": queries.everybody_is_silent(shop.pk),
        "rules": RulesForm(row=queries.rules_of(shop)),
    }
    status = 400 if sent else 200
    return render(request, "messaging/team/teamwork.html", context, status=status)
