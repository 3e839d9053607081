"""A seller's own pages: products, pictures, the shop, its team."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User

from . import access, actions, queries
from .forms import MemberForm, OpenShopForm, PictureForm, ProductForm
from .models import Product, ShopMember

PAGE_SIZE = 30
MOVES = {"earlier": -1, "later": 1}


@login_required
def my_products(request: HttpRequest) -> HttpResponse:
    """All products of the shops that the person works for."""
    if not _user(request).is_seller:
        messages.info(request, _("Open a shop to sell your own things."))
        return redirect("catalog:open_shop")
    products = access.own_products(request.user)
    state = request.GET.get("state", "")
    shown = products.filter(queries.STATES[state]) if state in queries.STATES else products
    shown = shown.select_related("shop").prefetch_related("images").order_by("-created_at", "-id")
    page = Paginator(shown, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "products": page,
        "state": state,
        "counts": queries.state_counts(products),
        "several_shops": len({product.shop_id for product in page}) > 1,
    }
    return render(request, "catalog/my_products.html", context)


@login_required
def new_product(request: HttpRequest) -> HttpResponse:
    """Put something up for sale; it is a draft until it is published."""
    return _edit(request, Product())


@login_required
def edit_product(request: HttpRequest, slug: str) -> HttpResponse:
    """Change a product and its pictures."""
    return _edit(request, access.own_product(request.user, slug))


def _edit(request: HttpRequest, product: Product) -> HttpResponse:
    shops = access.shops_of(request.user)
    if not product.pk and not shops.exists():
        return redirect("catalog:open_shop")
    form = ProductForm(request.POST or None, request.FILES or None, instance=product, shops=shops)
    if request.method == "POST" and form.is_valid():
        saved = actions.save_product(
            _user(request), form.save(commit=False), form.cleaned_data["pictures"]
        )
        messages.success(request, _("Saved."))
        return redirect("catalog:edit_product", saved.slug)
    status = 400 if form.errors else 200
    context = {"form": form, "product": product if product.pk else None}
    return render(request, "catalog/product_form.html", context, status=status)


@login_required
@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a product to everybody, or (`published=0`) to its shop alone."""
    published = request.POST.get("published") == "1"
    actions.set_published(_user(request), slug, published=published)
    messages.success(request, _("Published.") if published else _("No longer published."))
    return redirect("catalog:my_products")


@login_required
@require_POST
def change_picture(request: HttpRequest, slug: str, picture_id: int) -> HttpResponse:
    """Describe a picture (`alt`), `move` it to be shown earlier or later, or `remove` it."""
    user = _user(request)
    if "remove" in request.POST:
        actions.remove_picture(user, slug, picture_id)
    elif request.POST.get("move") in MOVES:
        actions.move_picture(user, slug, picture_id, MOVES[request.POST["move"]])
    else:
        form = PictureForm(request.POST)
        if not form.is_valid():
            messages.error(request, str(form.errors["alt"][0]))
        else:
            actions.describe_picture(user, slug, picture_id, form.cleaned_data["alt"])
            messages.success(request, _("Saved."))
    return redirect(f"{reverse('catalog:edit_product', args=[slug])}#pictures")


@login_required
def open_shop(request: HttpRequest) -> HttpResponse:
    """Open a shop, also after years as a shopper."""
    form = OpenShopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        shop = actions.open_shop(_user(request), form.cleaned_data["name"])
        messages.success(request, _("%(shop)s is open.") % {"shop": shop.name})
        return redirect("catalog:my_products")
    status = 400 if form.errors else 200
    return render(request, "catalog/open_shop.html", {"form": form}, status=status)


@login_required
def team(request: HttpRequest) -> HttpResponse:
    """The people of one's shops; owners add and remove them."""
    form = MemberForm(request.POST or None)
    if request.method == "POST":
        shop = access.own_shop(request.user, _number(request, "shop"))
        if "remove" in request.POST:
            actions.remove_member(_user(request), shop.pk, _number(request, "remove"))
            return redirect("catalog:team")
        if form.is_valid():
            try:
                actions.add_member(_user(request), shop.pk, form.cleaned_data["email"])
            except ValidationError as error:
                form.add_error("email", error)
            else:
                return redirect("catalog:team")
    members = (
        ShopMember.objects.filter(shop__in=access.shops_of(request.user))
        .select_related("shop", "user")
        .order_by("shop__name", "created_at")
    )
    owned = {row.shop_id for row in members if row.user == request.user and row.role == "owner"}
    context: dict[str, Any] = {"form": form, "members": members, "owned": owned}
    status = 400 if form.errors else 200
    return render(request, "catalog/team.html", context, status=status)


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
