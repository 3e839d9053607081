"""A conversation: one shopper, one shop, and what they talk about."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from messaging.fields import HostForeignKey
from messaging.host import Product, host
from messaging.sides import Side

BOTH_SIDES = "both"


# `reverse` takes longer than everything else that a send needs from Django.
@lru_cache(maxsize=10_000)
def conversation_url(conversation_id: int) -> str:
    """Return the URL of a conversation on this site."""
    return reverse("messaging:conversation", args=[conversation_id])


def hour_of(time: datetime) -> datetime:
    """Return the beginning of the hour that contains a time."""
    return time.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def blocking_sides(blocked_by: str) -> tuple[str, ...]:
    """Return the sides that `Conversation.blocked_by` names."""
    return tuple(Side.values) if blocked_by == BOTH_SIDES else (blocked_by,)


def snapshot_of(product: Product) -> dict[str, Any]:
    """Return the columns of a conversation that record how its product looks now."""
    card = host.product_card(product)
    return {
        "product_id": product.pk,
        "product_title": card.title,
        "product_price": card.price,
        "product_currency": card.currency,
        "product_image": card.image_url,
    }


class Conversation(models.Model):
    """One shopper and one shop, about one product or about none.

    Keeps the product's title, price and picture from the time when the shopper asked.
    `last_sequence` and `revision` are the counters that order and resume messages; both change only
    under this row's lock, which every writer takes first.

    Only the first message of an hour changes an indexed column: for the others PostgreSQL updates
    the row in place (HOT) and doesn't touch the indexes. That is why lists sort by the hour first,
    and why there is no foreign key to the last message.
    """

    # `db_index=False`: an index below begins with the column, and each one makes writes slower.
    consumer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="asked_conversations",
        db_index=False,
        verbose_name=_("shopper"),
    )
    shop = HostForeignKey(
        settings.MESSAGING_SHOP_MODEL,
        on_delete=models.PROTECT,
        related_name="conversations",
        db_index=False,
        verbose_name=_("shop"),
    )
    product = HostForeignKey(
        settings.MESSAGING_PRODUCT_MODEL,
        on_delete=models.PROTECT,
        related_name="conversations",
        null=True,
        blank=True,
        verbose_name=_("product"),
    )
    product_title = models.CharField(_("product when asked"), max_length=120, blank=True)
    product_price = models.PositiveIntegerField(
        _("price when asked"), null=True, blank=True, help_text="Minor units."
    )
    product_currency = models.CharField(_("currency when asked"), max_length=3, blank=True)
    product_image = models.CharField(
        _("picture when asked"), max_length=200, blank=True, help_text="Address."
    )
    last_sequence = models.PositiveIntegerField(_("messages"), default=0)
    revision = models.PositiveIntegerField(_("revision"), default=0)
    last_message_at = models.DateTimeField(_("last message at"), null=True, blank=True)
    last_message_hour = models.DateTimeField(
        _("hour of the last message"),
        null=True,
        editable=False,
        help_text="The beginning of the hour of that time.",
    )
    # The side it waits for, empty if it is settled; `lanes` keeps the lists of waiting ones.
    turn = models.CharField(_("waits for"), max_length=8, choices=Side, blank=True, db_default="")
    waiting_since = models.DateTimeField(
        _("waiting since"),
        null=True,
        blank=True,
        help_text="The time of the first message that nobody has answered.",
    )
    last_message = models.ForeignObject(
        "Message",
        on_delete=models.DO_NOTHING,
        from_fields=["id", "last_sequence"],
        to_fields=["conversation", "sequence"],
        related_name="+",
        null=True,
        editable=False,
    )
    ended_at = models.DateTimeField(
        _("ended"),
        null=True,
        blank=True,
        editable=False,
        help_text="When a side deleted its account, or staff closed it. Nobody can write any more.",
    )
    is_closed = models.BooleanField(
        _("closed by staff"),
        default=False,
        db_default=False,
        editable=False,
        help_text="Whether that is why it has ended.",
    )
    # The same in all conversations between the two, see `blocks`. Each send locks this row anyway,
    # so the column costs sends nothing, and no message is stored after a block is committed.
    blocked_by = models.CharField(
        _("blocked by"),
        max_length=8,
        blank=True,
        default="",
        db_default="",
        editable=False,
        choices=[*Side.choices, (BOTH_SIDES, _("both"))],
    )
    # Whether a message was ever held here: if so, sends look for it, one by one, see
    # `held.holding`.
    has_held = models.BooleanField(_("has held messages"), default=False, db_default=False)
    # Whether its shopper has recently started several: if so, sends go one by one, see
    # `trust.spam`.
    checks_spam = models.BooleanField(_("checks for spam"), default=False, db_default=False)
    # Whether staff ever looked into it: if so, its page loads the looks to show, see `staff_looks`.
    has_looks = models.BooleanField(_("has looks of staff"), default=False, db_default=False)
    # Whether staff ever wrote to both sides, see `staff_messages`.
    has_staff_messages = models.BooleanField(
        _("has messages of staff"), default=False, db_default=False
    )
    # The shop's member who takes care of it, as long as that person works there.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,  # an index below begins with it
        verbose_name=_("assigned to"),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    # Set by a list for its reader, see `inbox.queries.conversation_list`.
    my_side: Side
    previewed: Any  # the message whose beginning a list shows
    counterpart: str
    counterpart_picture: str
    match: Any = None  # a message or a note; templates take 20 µs to look for a missing attribute
    match_is_note = False
    match_sentence: list[Any]
    match_url = ""
    counterpart_parts: Sequence[Any] = ()  # with the words of a search marked
    title_parts: Sequence[Any] = ()  # likewise
    marks: Any = None
    # Set by `access` for the person it lets in: until when staff have muted that person.
    muted_until: datetime | None = None
    is_limited = False  # likewise

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = (
            models.UniqueConstraint(
                fields=["consumer", "product"],
                condition=models.Q(product__isnull=False),
                name="one_conversation_per_product",
            ),
            models.UniqueConstraint(
                fields=["consumer", "shop"],
                condition=models.Q(product__isnull=True),
                name="one_conversation_per_shop",
            ),
        )
        indexes = (
            models.Index(
                fields=["consumer", "-last_message_hour"], name="conversations_of_consumer"
            ),
            models.Index(fields=["shop", "-last_message_hour"], name="conversations_of_shop"),
            models.Index(
                fields=["assignee", "-last_message_hour"],
                condition=models.Q(assignee__isnull=False),
                name="conversations_of_assignee",
            ),
        )
        permissions = (("look_into_conversation", "Can read other people's conversations"),)

    def __str__(self) -> str:
        return f"{self.pk}"

    def get_absolute_url(self) -> str:
        return conversation_url(self.pk)

    def page_of(self, sequence: int) -> str:
        """Return the URL of the page with a message and the messages around it."""
        # Without a place, the page begins at the first unread message, and may end before this one.
        return f"{self.get_absolute_url()}?around={sequence}"

    @property
    def consumer_name(self) -> str:
        return host.display_name(self.consumer)

    @property
    def shop_name(self) -> str:
        return host.shop_name(self.shop)

    def side_of(self, user_id: int) -> Side:
        """Return the side of a person whom `access` has let in."""
        return Side.CONSUMER if user_id == self.consumer_id else Side.SELLER

    def is_blocked_by(self, side: Side) -> bool:
        """Whether one side has blocked the other."""
        return side in blocking_sides(self.blocked_by)

    def name_without_account(self, side: str) -> str:
        """Return the name to show for a deleted account: for a seller, the shop's."""
        return self.shop_name if side == Side.SELLER else gettext("Deleted account")

    def counterpart_of(self, side: Side) -> str:
        """Return the name under which one side sees the other."""
        return self.shop_name if side is Side.CONSUMER else self.consumer_name

    def counterpart_picture_of(self, side: Side) -> str:
        """Return the URL of the picture that one side sees of the other, or an empty string."""
        if side is Side.CONSUMER:
            return host.shop_picture_url(self.shop)
        return host.person_picture_url(self.consumer)
