"""Public pages: the front page, the product list, a product, a shop."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from trato import rate_limits

from . import access, queries
from .filters import BrowseForm
from .models import FormerSlug, Shop

PAGE_SIZE = 24
HOME_SIZE = 8


def home(request: HttpRequest) -> HttpResponse:
    """Show the front page, with new products."""
    context = {
        "categories": queries.categories(),
        "products": queries.published()[:HOME_SIZE],
        "shops": queries.lively_shops(4),
    }
    return render(request, "catalog/home.html", context)


def product_list(request: HttpRequest) -> HttpResponse:
    """List products, with search, filters and pages."""
    if request.GET.get("q"):
        rate_limits.hit("SEARCHES_PER_MINUTE", rate_limits.person_or_address(request))
    form = BrowseForm(request.GET)
    page = Paginator(form.apply(queries.published()), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "chips": form.chips(),
        "products": page,
        "site_query": request.GET.get("q", "")[:100],
    }
    return render(request, "catalog/product_list.html", context)


def product(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a product, with the panel to ask its seller."""
    product = access.visible_product(request.user, slug)
    pictures, neighbours = queries.pictures_and_neighbours(product)
    context = {"product": product, "pictures": pictures, "neighbours": neighbours}
    return render(request, "catalog/product.html", context)


def shop(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a shop, its team and its products."""
    shop = Shop.objects.filter(slug=slug, closed_at=None).first()
    if shop is None:
        return _moved(request, slug)
    products = queries.published().filter(shop=shop)
    page = Paginator(products, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"shop": shop, "team": queries.team(shop), "products": page, "now": timezone.now()}
    return render(request, "catalog/shop.html", context)


def _moved(request: HttpRequest, slug: str) -> HttpResponse:
    """Redirect from a shop's former URL to its page."""
    rows = FormerSlug.objects.filter(shop__closed_at=None).select_related("shop")
    former = get_object_or_404(rows, slug=slug)
    query = request.META.get("QUERY_STRING", "")
    url = former.shop.get_absolute_url() + (f"?{query}" if query else "")
    response = redirect(url, permanent=True)
    # A browser that cached the redirect would loop if the shop took the slug back.
    response["Cache-Control"] = "no-cache"
    return response
