"""What visitors wrote before they logged in."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class KeptQuestion(models.Model):
    """What a visitor wants to ask and wrote before logging in. See `ask`."""

    visitor = models.UUIDField(verbose_name=_("visitor"))
    shop = models.ForeignKey(
        settings.MESSAGING_SHOP_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("shop"),
    )
    product = models.ForeignKey(
        settings.MESSAGING_PRODUCT_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        verbose_name=_("product"),
    )
    writer = models.CharField(
        max_length=20,
        blank=True,
        verbose_name=_("sender"),
        help_text="Whose page it was written on, by id; empty for a visitor's.",
    )
    client_id = models.UUIDField(verbose_name=_("client ID"))
    body = models.TextField(
        max_length=settings.MESSAGE_MAX_CHARACTERS, blank=True, verbose_name=_("text")
    )
    created_at = models.DateTimeField(
        default=timezone.now, db_index=True, verbose_name=_("created")
    )

    class Meta:
        verbose_name = _("kept question")
        verbose_name_plural = _("kept questions")
        constraints = (
            models.UniqueConstraint(
                fields=["visitor", "client_id"], name="one_kept_question_per_client_id"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}"
