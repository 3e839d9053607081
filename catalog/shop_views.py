"""The settings of a shop, which its owner changes and its team sees."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from trato.images.forms import SquarePictureForm
from trato.responses import PersonRequest, person_required

from . import access, shops
from .fingerprints import ChangedMeanwhile
from .models import Shop
from .shop_forms import ShopForm


@person_required
def my_shop(request: PersonRequest) -> HttpResponse:
    """Redirect to the settings of the person's first shop, or to the form that opens one."""
    shop = access.shops_of(request.user).order_by("memberships__created_at", "id").first()
    if shop is None:
        return redirect("catalog:open_shop")
    return redirect("catalog:shop_settings", shop.pk)


@person_required
def shop_settings(request: PersonRequest, shop_id: int) -> HttpResponse:
    """Show a shop's settings; owners change them."""
    shop = access.own_shop(request.user, shop_id)
    form = _form(request, shop, request.POST or None)
    status = 200
    if request.method == "POST":
        access.owned_shop(request.user, shop_id)
        status = 400
        try:
            if form.is_valid():
                shops.change_shop(request.user, shop_id, form.values(), form.cleaned_data["seen"])
                messages.success(request, _("Saved."))
                return redirect("catalog:shop_settings", shop_id)
        except ChangedMeanwhile as error:
            form.changed_meanwhile(error, Shop.objects.get(pk=shop_id))
            status = 409
        except ValidationError as error:
            form.add_error(None, error)
    return _page(request, shop_id, form, SquarePictureForm(request, is_sent=False), status)


@person_required
@require_POST
def shop_picture(request: PersonRequest, shop_id: int) -> HttpResponse:
    """Set the shop's picture, or (`remove`) go back to the initials."""
    access.owned_shop(request.user, shop_id)  # before anything is decoded
    form = SquarePictureForm(request, is_sent=True)
    if "remove" in request.POST:
        shops.set_picture(request.user, shop_id, None)
    elif form.is_valid():
        shops.set_picture(request.user, shop_id, form.cleaned_data["picture"])
    else:
        shop_form = _form(request, access.own_shop(request.user, shop_id), None)
        return _page(request, shop_id, shop_form, form, form.status)
    messages.success(request, _("Saved."))
    return redirect("catalog:shop_settings", shop_id)


def _form(request: PersonRequest, shop: Shop, data: QueryDict | None) -> ShopForm:
    place = request.build_absolute_uri(reverse("catalog:shop", args=["x"])).removesuffix("x/")
    return ShopForm(data, instance=shop, place=place)


def _page(
    request: PersonRequest,
    shop_id: int,
    form: ShopForm,
    picture_form: SquarePictureForm,
    status: int,
) -> HttpResponse:
    own = list(access.shops_of(request.user).order_by("memberships__created_at", "id"))
    shop = next(one for one in own if one.pk == shop_id)  # as stored, not as typed
    context = {
        "form": form,
        "picture_form": picture_form,
        "shop": shop,
        "shops": own,
        "is_owner": access.is_owner(request.user, shop_id),
        "url": request.build_absolute_uri(shop.get_absolute_url()),
    }
    page = render_to_string("catalog/shop_settings.html", context, request)
    return HttpResponse(page, status=status, headers=picture_form.headers)


@person_required
@require_POST
def finish_first_steps(request: PersonRequest, shop_id: int) -> HttpResponse:
    """Stop showing the shop's first steps."""
    shops.finish_first_steps(request.user, shop_id)
    page = request.POST.get("next", "")
    if not (page.startswith("/") and url_has_allowed_host_and_scheme(page, {request.get_host()})):
        return redirect("catalog:my_products")
    return HttpResponseRedirect(page)
