"""Staff take a product off sale. Its shop can't publish it again until staff allow it."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from trato.audit import queries as audit
from trato.audit.actions import record, require_reason
from trato.errors import AlreadyDone
from trato.people import Person

from .models import Product


def may_hide(actor: Person) -> bool:
    """Whether a member of staff may take products off sale."""
    return actor.is_active and actor.is_staff and actor.has_perm("catalog.hide_product")


def hide(actor: Person, product_id: int, reason: str) -> Product:
    """Take a product off sale. Its shop still sees it, and conversations about it stay.

    Raises:
        AlreadyDone: staff have taken it off sale before.
        PermissionDenied: see `may_hide`.
        ValidationError: no reason is given.
        Product.DoesNotExist: it does not exist.
    """
    now = timezone.now()
    return _switch(actor, product_id, reason, hidden_at=now)


def allow(actor: Person, product_id: int, reason: str) -> Product:
    """Let the shop publish a product again. Raises the same exceptions as `hide`."""
    return _switch(actor, product_id, reason, hidden_at=None)


@transaction.atomic
def _switch(actor: Person, product_id: int, reason: str, *, hidden_at: Any) -> Product:
    if not may_hide(actor):
        raise PermissionDenied("catalog.hide_product")  # only for the log
    reason = require_reason(reason)
    product = Product.objects.select_for_update(no_key=True).get(pk=product_id)
    verb = "product.hidden" if hidden_at else "product.allowed"
    subject = f"product:{product.pk}"
    if product.is_hidden == bool(hidden_at):
        before = audit.last(verb, subject)
        what = _("This product is already off sale.") if hidden_at else _("It isn't off sale.")
        raise AlreadyDone(
            what,
            before.actor if before else None,
            before.created_at if before else None,
        )
    product.hidden_at = hidden_at
    if product.is_published:
        product.published_at, product.withdrawn_at = None, hidden_at
    product.save(update_fields=["hidden_at", "published_at", "withdrawn_at", "updated_at"])
    record(actor, verb, subject, reason)
    return product
