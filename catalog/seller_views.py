"""A seller's own pages: products, pictures, opening a shop."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from trato import after_login
from trato.errors import Missing, Refused
from trato.images.forms import RETRY_SECONDS, has_gone
from trato.images.queue import Uploader
from trato.responses import PersonRequest, key_from, person_required

from . import access, actions, first_steps, queries, submissions, teams
from .fingerprints import ChangedMeanwhile
from .forms import OpenShopForm, PictureForm, ProductForm
from .models import Product, Shop

PAGE_SIZE = 30
MOVES = {"earlier": -1, "later": 1}
PUBLISHED = {"1": True, "0": False}  # what a button of the form does besides saving, if anything


@person_required
def my_products(request: PersonRequest) -> HttpResponse:
    """List all products of the shops that the person works for."""
    if after_login.address(request) == request.path:  # the sign-up led here
        after_login.forget(request)
    if not request.user.is_seller:
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
        "first_steps": first_steps.shown(request, request.user, back=request.path),
    }
    return render(request, "catalog/my_products.html", context)


@person_required
def new_product(request: PersonRequest) -> HttpResponse:
    """Create a product, as a draft unless it is published in the same step."""
    if not access.shops_of(request.user).exists():
        return redirect("catalog:open_shop")
    return _edit(request, Product())


@person_required
def edit_product(request: PersonRequest, slug: str) -> HttpResponse:
    """Change a product and its pictures."""
    return _edit(request, access.own_product(request.user, slug))


def _edit(request: PersonRequest, product: Product) -> HttpResponse:
    user, form_key = request.user, submissions.key_from(request)
    if request.method == "POST":
        key = submissions.content_key(request)
        made = submissions.made_before(user, key, Product.objects).first()
        if made and not product.pk:
            return _saved(request, made)
        dropped = [key_from(text) for text in request.POST.getlist("drop")]
        actions.drop_kept_pictures(user, form_key, dropped)
    kept = access.kept_pictures(user, form_key)
    form = ProductForm(
        request.POST or None,
        request.FILES or None,
        instance=product,
        shops=access.shops_of(user),
        uploader=Uploader(user.pk, has_gone(request)),
        kept=kept.count() if request.method == "POST" else 0,
    )
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid():
                return _saved(request, _store(request, form, product.slug))
            status = _status(form)
        except ChangedMeanwhile as error:
            form.changed_meanwhile(error, Product.objects.get(pk=product.pk))
            status = 409
        except ValidationError as error:
            form.add_error(None, error)
            status = 400
        except Refused as refusal:
            form.add_error(None, str(refusal.detail))
            status = 429
        actions.keep_pictures(user, form_key, form.sound_pictures)
    context = {
        "form": form,
        "product": Product.objects.get(pk=product.pk) if product.pk else None,
        "form_key": form_key,
        "kept_pictures": kept.all() if request.method == "POST" else [],
    }
    response = render(request, "catalog/product_form.html", context, status=status)
    if status in (429, 503):
        response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _status(form: ProductForm) -> int:
    """Return 400; 503 if the server is too busy for the pictures, 429 if there were too many."""
    if form.has_error("pictures", "busy"):
        return 503
    return 429 if form.has_error("pictures", "too_often") else 400


def _store(request: PersonRequest, form: ProductForm, slug: str) -> Product:
    user, given = request.user, form.cleaned_data
    keys = submissions.keys_from(request)
    published = PUBLISHED.get(request.POST.get("published", ""))
    if not slug:
        return actions.create_product(
            user, form.values(), given["pictures"], keys, published=bool(published)
        )
    return actions.change_product(
        user, slug, form.values(), given["seen"], given["pictures"], keys, published=published
    )


def _saved(request: PersonRequest, product: Product) -> HttpResponse:
    """Say whether the product is for sale now: people may assume so of a saved draft."""
    published = PUBLISHED.get(request.POST.get("published", ""))
    if published is not None:
        return _published(request, is_published=product.is_published)
    if product.is_published:
        messages.success(request, _("Saved."))
    elif product.is_withdrawn:
        messages.success(request, _("Saved. It's not for sale until you publish it again."))
    else:
        messages.success(request, _("Saved as a draft. Publish it when it's ready."))
    return redirect("catalog:edit_product", product.slug)


def _published(request: PersonRequest, *, is_published: bool) -> HttpResponse:
    text = _("Published. Shoppers can see it now.") if is_published else _("No longer published.")
    messages.success(request, text)
    return redirect("catalog:my_products")


@person_required
@require_POST
def publish(request: PersonRequest, slug: str) -> HttpResponse:
    """Publish a product, or (`published=0`) show it only to its shop."""
    published = request.POST.get("published") == "1"
    try:
        product = actions.set_published(request.user, slug, published=published)
    except ValidationError as error:
        messages.error(request, error.message)
        return redirect("catalog:my_products")
    return _published(request, is_published=product.is_published)


@person_required
@require_POST
def change_picture(request: PersonRequest, slug: str, picture_id: int) -> HttpResponse:
    """Describe a picture (`alt`), `move` it up or down, or `remove` it."""
    user, is_there = request.user, True
    page = f"{reverse('catalog:edit_product', args=[slug])}#pictures"
    if "remove" in request.POST:
        actions.remove_picture(user, slug, picture_id)
    elif request.POST.get("move") in MOVES:
        is_there = actions.move_picture(user, slug, picture_id, MOVES[request.POST["move"]])
    else:
        form = PictureForm(request.POST)
        if not form.is_valid():
            messages.error(request, str(form.errors["alt"][0]))
        else:
            is_there = actions.describe_picture(user, slug, picture_id, form.cleaned_data["alt"])
            if is_there:
                messages.success(request, _("Saved."))
    if not is_there:
        raise Missing(_("This picture is gone. A colleague may have removed it."), page)
    return redirect(page)


@person_required
def open_shop(request: PersonRequest) -> HttpResponse:
    """Open a shop, even for somebody who has been a shopper so far."""
    form = OpenShopForm(request.POST or None)
    if request.method == "POST":
        key = submissions.content_key(request)
        # Validate first: if the name is taken, the first of two clicks may have taken it.
        name = form.cleaned_data["name"] if form.is_valid() else None
        made = submissions.made_before(request.user, key, Shop.objects).exists()
        try:
            if made or name is not None:
                shop = teams.open_shop(request.user, name or "", key)
                messages.success(request, _("%(shop)s is open.") % {"shop": shop.name})
                return redirect("catalog:my_products")
        except ValidationError as error:
            form.add_error("name", error)
    context = {"form": form, "form_key": submissions.key_from(request)}
    return render(request, "catalog/open_shop.html", context, status=400 if form.errors else 200)
