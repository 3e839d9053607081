"""What the host's templates use of messaging."""

from typing import Any

from django import template
from django.template import RequestContext
from django.urls import reverse

from messaging.contact import questions
from messaging.host import Product, Shop, host

register = template.Library()


@register.inclusion_tag("messaging/contact/_ask_panel.html", takes_context=True)
def ask_panel(context: RequestContext, product: Product) -> dict[str, Any]:
    """The panel "Ask the seller" of a product page. One query."""
    action = reverse("messaging:contact", args=[host.product_slug(product)])
    return _panel(context, host.shop_of(product), product, action)


@register.inclusion_tag("messaging/contact/_ask_panel.html", takes_context=True)
def ask_shop_panel(context: RequestContext, shop: Shop) -> dict[str, Any]:
    """The panel of a shop page, for questions about no product. One query."""
    action = reverse("messaging:contact_shop", args=[host.shop_slug(shop)])
    return _panel(context, shop, None, action)


def _panel(
    context: RequestContext, shop: Shop, product: Product | None, action: str
) -> dict[str, Any]:
    user = context["request"].user
    values = questions.panel(user.pk, shop.pk, product.pk if product else None)
    return {
        "csrf_token": context.get("csrf_token"),
        "user": user,
        "shop_name": host.shop_name(shop),
        "product": product,
        "action": action,
        "draft": "",
        **values,
    }
