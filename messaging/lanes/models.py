"""The lanes of shops: an index of their conversations by turn, and the number in each lane."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from messaging.fields import HostForeignKey
from messaging.models import Conversation
from messaging.sides import Side

SLOTS = 8  # numbered shares per shop
# The column that counts the conversations with each turn.
COLUMNS = {Side.CONSUMER.value: "for_consumer", Side.SELLER.value: "for_seller", "": "settled"}


class Lane(models.Model):
    """A conversation with messages, in the lane of its shop.

    It repeats columns of the conversation. If the conversation itself had an index on columns that
    change with every answer, PostgreSQL would update all of its indexes each time. Here it updates
    only one.
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
    """One of several shares of the counts of a shop's lanes; the true counts are their sums.

    The socket's batches use a few numbered shares, chosen by their connection. Other writers, whose
    transactions may take longer, add to a share that nobody else has locked, or start a new one. So
    writers hardly ever wait for each other. A share may be negative, because a conversation may
    join a lane in one share and leave it in another.
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
