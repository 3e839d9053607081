"""Pictures of products, and pictures kept from refused forms."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trato.prepared import prepared


class ShownImages(models.Manager["ProductImage"]):
    """The pictures that a product currently shows."""

    def get_queryset(self) -> models.QuerySet["ProductImage"]:
        return super().get_queryset().filter(removed_at=None)


class ProductImage(models.Model):
    """A picture of a product, always re-encoded by `trato.images`.

    A removed picture keeps its row and its file as long as a conversation shows it.
    """

    product = models.ForeignKey(
        "catalog.Product",
        on_delete=models.CASCADE,
        related_name="images",
        verbose_name=_("product"),
    )
    file = models.ImageField(
        _("picture"), upload_to="products/", width_field="width", height_field="height"
    )
    width = models.PositiveIntegerField(_("width"), editable=False, default=0)
    height = models.PositiveIntegerField(_("height"), editable=False, default=0)
    alt = models.CharField(_("description (alt text)"), max_length=160, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True, editable=False)

    objects = ShownImages()
    with_removed = models.Manager["ProductImage"]()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.alt or str(self.file.name)


@prepared
def cover_of(product_id: int) -> models.QuerySet[ProductImage]:
    """The first picture of a product, if it has any."""
    return ProductImage.objects.filter(product_id=product_id)[:1]


class KeptPicture(models.Model):
    """A picture from a form that was refused for another reason, to be added with the next attempt.

    Browsers clear file fields when a form is shown again.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("who")
    )
    form_key = models.UUIDField(_("key"))
    file = models.ImageField(
        _("picture"), upload_to="products/", width_field="width", height_field="height"
    )
    width = models.PositiveIntegerField(_("width"), editable=False, default=0)
    height = models.PositiveIntegerField(_("height"), editable=False, default=0)
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("kept picture")
        verbose_name_plural = _("kept pictures")
        ordering = ("id",)
        indexes = (models.Index(fields=["owner", "form_key"], name="kept_pictures_of_form"),)

    def __str__(self) -> str:
        return f"{self.pk}"
