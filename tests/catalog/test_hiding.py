"""Staff take a product off sale; once they allow it again, everything is as before."""

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import User
from catalog.actions import set_published
from catalog.hiding import set_hidden
from catalog.models import Product, Shop

pytestmark = pytest.mark.django_db


def test_what_was_on_sale_is_on_sale_again(product: Product, seller: User) -> None:
    assert set_hidden(product.pk, hidden=True)
    product.refresh_from_db()
    assert not product.is_published
    assert product.withdrawn_at is not None
    with pytest.raises(ValidationError, match="off sale"):
        set_published(seller, product.slug, published=True)
    assert set_hidden(product.pk, hidden=False)
    product.refresh_from_db()
    assert product.is_published
    assert (product.hidden_at, product.withdrawn_at) == (None, None)
    assert not set_hidden(product.pk, hidden=False)


@pytest.mark.parametrize("was_published", [False, True])
def test_what_its_shop_had_not_published_stays_so(
    was_published: bool, product: Product, seller: User
) -> None:
    if was_published:
        set_published(seller, product.slug, published=False)
    else:
        Product.objects.update(published_at=None)
    product.refresh_from_db()
    before = product.withdrawn_at
    assert set_hidden(product.pk, hidden=True)
    assert set_hidden(product.pk, hidden=False)
    product.refresh_from_db()
    assert (product.is_published, product.withdrawn_at) == (False, before)


def test_nothing_is_published_in_a_shop_that_has_closed(product: Product) -> None:
    assert set_hidden(product.pk, hidden=True)
    Shop.objects.update(closed_at=timezone.now())
    assert set_hidden(product.pk, hidden=False)
    product.refresh_from_db()
    assert not product.is_published
    assert not product.is_hidden
