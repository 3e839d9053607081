"""Slugs that shops had earlier."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class FormerSlug(models.Model):
    """A shop's earlier slug: it still leads to the shop, and no other shop may take it."""

    shop = models.ForeignKey(
        "catalog.Shop",
        on_delete=models.CASCADE,
        related_name="former_slugs",
        verbose_name=_("shop"),
    )
    slug = models.SlugField(_("address part"), max_length=80, unique=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("former address")
        verbose_name_plural = _("former addresses")
        ordering = ("id",)

    def __str__(self) -> str:
        return self.slug
