"""What people do with their shop."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User

from . import access
from .models import Shop


@transaction.atomic
def finish_first_steps(actor: User, shop_id: int) -> None:
    """Show a shop's first steps no longer. Raises Http404 if the actor doesn't work for it."""
    shop = access.own_shop(actor, shop_id)
    Shop.objects.filter(pk=shop.pk, first_steps_done_at=None).update(
        first_steps_done_at=timezone.now()
    )
