"""The two sides of a conversation."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    """A person's side in one conversation, whatever the account's role."""

    CONSUMER = "consumer", _("Shopper")
    SELLER = "seller", _("Seller")

    @property
    def other(self) -> "Side":
        return Side.SELLER if self is Side.CONSUMER else Side.CONSUMER
