"""Staff take a product off sale. Its shop can't publish it again until staff allow it."""

from django.db import transaction
from django.utils import timezone

from trato.people import Person

from .models import Product, Shop


def may_hide(actor: Person) -> bool:
    """Return whether a staff member may take products off sale."""
    return actor.is_active and actor.is_staff and actor.has_perm("catalog.hide_product")


@transaction.atomic
def set_hidden(product_id: int, *, hidden: bool) -> bool:
    """Take a product off sale, or allow it again, for a decision that has already been recorded.

    Its shop still sees it, and conversations about it stay. When staff allow it again, it is
    published if it was published before, unless its shop has closed since.

    Returns:
        Whether this changed anything.
    """
    product = Product.objects.select_for_update(no_key=True).get(pk=product_id)
    if product.is_hidden == hidden:
        return False
    now = timezone.now()
    if hidden:
        product.hidden_at = now
        if product.is_published:
            product.published_at, product.withdrawn_at = None, now
    else:
        was_published = product.withdrawn_at == product.hidden_at
        product.hidden_at = None
        if was_published and Shop.objects.filter(pk=product.shop_id, closed_at=None).exists():
            product.published_at, product.withdrawn_at = now, None
    product.save(update_fields=["hidden_at", "published_at", "withdrawn_at", "updated_at"])
    return True
