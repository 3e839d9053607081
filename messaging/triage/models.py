"""A shop's labels, and which conversations have them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from messaging.fields import HostForeignKey


class Label(models.Model):
    """A coloured word that a shop uses to sort its conversations. Shoppers never see it."""

    class Colour(models.TextChoices):
        GREY = "grey", _("Grey")
        RED = "red", _("Red")
        ORANGE = "orange", _("Orange")
        AMBER = "amber", _("Yellow")
        GREEN = "green", _("Green")
        TEAL = "teal", _("Turquoise")
        BLUE = "blue", _("Blue")
        VIOLET = "violet", _("Purple")

    shop = HostForeignKey(
        settings.MESSAGING_SHOP_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # the unique index begins with it
        verbose_name=_("shop"),
    )
    name = models.CharField(_("name"), max_length=settings.LABEL_MAX_CHARACTERS)
    # The name for comparisons. A database function would fold letters differently on each database.
    folded_name = models.CharField(max_length=2 * settings.LABEL_MAX_CHARACTERS, editable=False)
    colour = models.CharField(_("colour"), max_length=8, choices=Colour, default=Colour.GREY)

    class Meta:
        verbose_name = _("label")
        verbose_name_plural = _("labels")
        constraints = (
            models.UniqueConstraint(fields=["shop", "folded_name"], name="one_label_per_name"),
        )

    def __str__(self) -> str:
        return self.name


class ConversationLabel(models.Model):
    """A label on a conversation."""

    conversation = models.ForeignKey(
        "messaging.Conversation",
        on_delete=models.CASCADE,
        related_name="labelled",
        db_index=False,  # the unique index begins with it
        verbose_name=_("conversation"),
    )
    label = models.ForeignKey(
        Label,
        on_delete=models.CASCADE,
        related_name="labelled",
        db_index=False,  # the index below begins with this column
        verbose_name=_("label"),
    )

    class Meta:
        verbose_name = _("label of a conversation")
        verbose_name_plural = _("labels of conversations")
        constraints = (
            models.UniqueConstraint(
                fields=["conversation", "label"], name="one_label_once_per_conversation"
            ),
        )
        indexes = (models.Index(fields=["label", "conversation"], name="conversations_by_label"),)

    def __str__(self) -> str:
        return f"{self.label_id} on {self.conversation_id}"
