"""The lanes of shops: indexes of their conversations by turn, and how many are in each."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from messaging.fields import HostForeignKey
from messaging.models import Conversation
from messaging.sides import Side

SLOTS = 8  # numbered shares per shop
# The column with the number of each turn.
COLUMNS = {Side.CONSUMER.value: "for_consumer", Side.SELLER.value: "for_seller", "": "settled"}


class Lane(models.Model):
    """A conversation with messages, in the lane of its shop.

    It repeats columns of the conversation, because a conversation whose indexed columns change with
    every answer would be entered in all of its indexes again. Here that is one index.
    """

    conversation = models.OneToOneField(
        Conversation, on_delete=models.CASCADE, primary_key=True, verbose_name=_("conversation")
    )
    shop = HostForeignKey(
        settings.MESSAGING_SHOP_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # the index below begins with it
        verbose_name=_("shop"),
    )
    turn = models.CharField(_("waits for"), max_length=8, choices=Side, blank=True)
    waiting_since = models.DateTimeField(_("waiting since"), null=True)
    hour = models.DateTimeField(_("hour of the last message"))

    class Meta:
        verbose_name = _("conversation in a lane")
        verbose_name_plural = _("conversations in lanes")
        indexes = (
            models.Index(
                fields=["shop", "turn", "-hour"], include=["waiting_since"], name="lanes_of_shop"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}"


class LaneCount(models.Model):
    """A share of the number of conversations in each lane of a shop: the number is their sum.

    The socket's batches share a few numbered ones, by their connections. Other writers, whose
    transactions may take longer, add to one that nobody else has locked, or start a new one. So
    writers hardly ever wait for each other. A share may be negative: a conversation joins a lane in
    one share, and leaves it in another.
    """

    shop = HostForeignKey(
        settings.MESSAGING_SHOP_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # the unique index begins with it
        verbose_name=_("shop"),
    )
    slot = models.PositiveSmallIntegerField(
        _("slot"), null=True, help_text="Of a batch's connection."
    )
    for_consumer = models.IntegerField(_("waiting for the shopper"), default=0)
    for_seller = models.IntegerField(_("waiting for the shop"), default=0)
    settled = models.IntegerField(_("settled"), default=0)

    class Meta:
        verbose_name = _("counts of lanes")
        verbose_name_plural = _("counts of lanes")
        constraints = (models.UniqueConstraint(fields=["shop", "slot"], name="one_count_per_slot"),)

    def __str__(self) -> str:
        return f"{self.shop_id}"
