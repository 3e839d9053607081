"""Questions that visitors wrote before logging in."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.fields import HostForeignKey


class KeptQuestion(models.Model):
    """A question that a visitor wrote before logging in."""

    visitor = models.UUIDField(_("visitor"))
    shop = HostForeignKey(
        settings.MESSAGING_SHOP_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("shop"),
    )
    product = HostForeignKey(
        settings.MESSAGING_PRODUCT_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        verbose_name=_("product"),
    )
    writer = models.CharField(
        _("sender"),
        max_length=20,
        blank=True,
        help_text="Whose page it was written on, by id; empty for a visitor's.",
    )
    client_id = models.UUIDField(_("client ID"))
    body = models.TextField(_("text"), max_length=settings.MESSAGE_MAX_CHARACTERS, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, db_index=True)

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
