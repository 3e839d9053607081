"""Blocks between shoppers and shops."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.fields import HostForeignKey
from messaging.sides import Side


class Block(models.Model):
    """One side, a shopper or a shop, has blocked the other.

    `Conversation.blocked_by` says the same in all conversations between the two, so that a send
    reads no other row. `actions` changes both in one transaction.
    """

    consumer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # the constraint begins with it
        verbose_name=_("shopper"),
    )
    shop = HostForeignKey(
        settings.MESSAGING_SHOP_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # an index below begins with it
        verbose_name=_("shop"),
    )
    side = models.CharField(_("blocked by"), max_length=8, choices=Side)
    # Shown to the shop's team, never to the shopper.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("person"),
    )
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("block")
        verbose_name_plural = _("blocks")
        constraints = (
            models.UniqueConstraint(
                fields=["consumer", "shop", "side"], name="one_block_per_pair_and_side"
            ),
        )
        indexes = (models.Index(fields=["shop", "-created_at"], name="blocks_of_shop"),)

    def __str__(self) -> str:
        return f"{self.consumer_id}, {self.shop_id}: {self.side}"


class ReadBefore(models.Model):
    """Each side's read mark when a conversation was blocked. The other side sees no more."""

    conversation = models.OneToOneField(
        "messaging.Conversation",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="+",
        verbose_name=_("conversation"),
    )
    consumer = models.PositiveIntegerField(_("shopper"), default=0)
    seller = models.PositiveIntegerField(_("shop"), default=0)

    class Meta:
        verbose_name = _("read before a block")
        verbose_name_plural = _("read before a block")

    def __str__(self) -> str:
        return f"{self.conversation_id}"
