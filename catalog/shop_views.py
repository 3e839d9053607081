"""A seller's own shop."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from trato.responses import PersonRequest, person_required

from . import shops


@person_required
@require_POST
def finish_first_steps(request: PersonRequest, shop_id: int) -> HttpResponse:
    """Show the shop's first steps no longer, on the page (`next`) that has shown them."""
    shops.finish_first_steps(request.user, shop_id)
    page = request.POST.get("next", "")
    if not (page.startswith("/") and url_has_allowed_host_and_scheme(page, {request.get_host()})):
        return redirect("catalog:my_products")
    return HttpResponseRedirect(page)
