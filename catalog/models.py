"""Shops, their teams, and products."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from trato.fields import MultilineTextField
from trato.names import SkeletonField, claimed, skeleton, validate_public_name
from trato.text import validate_name
from trato.time_zones import validate_time_zone

from .fingerprints import FingerprintedRow
from .money import format_price

if TYPE_CHECKING:
    from accounts.models import User

PRICE_TOO_LOW = _("The price must be more than 0.")
NAME_TAKEN = _("Another shop has this name, or one that looks like it.")
SLUG_TAKEN = _("This address belongs to another shop.")
MAX_STOCK = 100_000


class Shop(FingerprintedRow):
    """A seller's shop, which has a team of members."""

    # What an owner enters in the shop's settings.
    FORM_COLUMNS = ("name", "slug", "city", "description", "time_zone")

    name = models.CharField(
        _("name"), max_length=60, unique=True, validators=[validate_public_name]
    )
    # Unique, so that no shop can pretend to be another one.
    name_skeleton = SkeletonField(of="name", unique=True)
    slug = models.SlugField(_("address part"), max_length=80, unique=True)
    description = MultilineTextField(_("description"), max_length=1000, blank=True)
    city = models.CharField(_("city"), max_length=60, blank=True, validators=[validate_name])
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="UTC",
        validators=[validate_time_zone],
        help_text=_("IANA name."),
    )
    # Staff have verified who runs it. Nobody else can use its name, see
    # `shops.is_name_of_verified`.
    is_verified = models.BooleanField(_("verified"), default=False)
    # Square and re-encoded by `trato.images`.
    picture = models.FileField(_("picture"), upload_to="shops/", blank=True, db_default="")
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    # When its team told people about it, or hid the steps of `queries.first_steps`.
    first_steps_done_at = models.DateTimeField(
        _("first steps done"), null=True, blank=True, editable=False
    )
    closed_at = models.DateTimeField(
        _("closed"), null=True, editable=False, help_text="Its owner deleted the account."
    )
    members: "models.ManyToManyField[User, ShopMember]" = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="ShopMember", related_name="shops"
    )

    class Meta:
        verbose_name = _("shop")
        verbose_name_plural = _("shops")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Refuse a name that resembles another shop's, and another shop's former slug."""
        if Shop.resembling(self.name).exclude(pk=self.pk).exists():
            raise ValidationError({"name": ValidationError(NAME_TAKEN, code="taken")})
        if FormerSlug.objects.filter(slug=self.slug).exclude(shop=self.pk).exists():
            raise ValidationError({"slug": ValidationError(SLUG_TAKEN, code="taken")})

    @classmethod
    def resembling(cls, name: str) -> "models.QuerySet[Shop]":
        """Return shops with a similar name, and verified shops that the name impersonates."""
        claims = models.Q(is_verified=True, name_skeleton__in=claimed(name))
        return cls._default_manager.filter(models.Q(name_skeleton=skeleton(name)) | claims)

    def get_absolute_url(self) -> str:
        return reverse("catalog:shop", args=[self.slug])

    @property
    def picture_url(self) -> str:
        """The URL of the picture, or an empty string."""
        return self.picture.url if self.picture else ""


class ShopMember(models.Model):
    """A person's membership of a shop."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        AGENT = "agent", _("Agent")

    shop = models.ForeignKey(
        Shop, on_delete=models.CASCADE, related_name="memberships", verbose_name=_("shop")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="memberships",
        verbose_name=_("person"),
    )
    role = models.CharField(_("role"), max_length=5, choices=Role, default=Role.AGENT)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("shop member")
        verbose_name_plural = _("shop members")
        constraints = (
            models.UniqueConstraint(fields=["shop", "user"], name="one_membership_per_shop"),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.shop}"


def invitation_expiry() -> datetime:
    return timezone.now() + timedelta(days=settings.INVITATION_DAYS)


class TeamInvitation(models.Model):
    """An invitation to a shop's team.

    The person joins by accepting it. It is for an email address, whether or not that has an
    account, so the form doesn't reveal who sells here. The link in the email only finds the
    invitation: only an account that has confirmed the address can answer it.
    """

    shop = models.ForeignKey(
        Shop, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("shop")
    )
    email = models.EmailField(_("email"), db_index=True, help_text=_("In lower case."))
    role = models.CharField(
        _("role"), max_length=5, choices=ShopMember.Role, default=ShopMember.Role.AGENT
    )
    # For the link in the latest email. A leaked database contains no links.
    token_hash = models.CharField(  # noqa: DJ001  # unique, so none is NULL
        max_length=64, unique=True, null=True, editable=False, help_text="SHA-256, in hex."
    )
    expires_at = models.DateTimeField(
        _("expires"), default=invitation_expiry, db_index=True, editable=False
    )
    mailed_at = models.DateTimeField(_("mailed"), null=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("invited by"),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(fields=["shop", "email"], name="one_invitation_per_address"),
        )

    def __str__(self) -> str:
        return f"{self.pk}"


class Category(models.Model):
    """A category of the marketplace, named in both of the site's languages."""

    name = models.CharField(_("name (English)"), max_length=40, unique=True)
    name_es = models.CharField(_("name (Spanish)"), max_length=40)
    slug = models.SlugField(_("address part"), max_length=50, unique=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name_es if (get_language() or "").startswith("es") else self.name


class Product(FingerprintedRow):
    """A product. Others can see it if `published_at` is set.

    A product that was unpublished has `withdrawn_at` instead; a draft has neither.
    """

    # What a seller enters in the product's form.
    FORM_COLUMNS = ("shop", "title", "category", "description", "price", "currency", "stock")
    TOGETHER = ("price", "currency")

    class Currency(models.TextChoices):
        EUR = "EUR", "EUR €"
        USD = "USD", "USD $"
        GBP = "GBP", "GBP £"
        MXN = "MXN", "MXN $"
        JPY = "JPY", "JPY ¥"

    shop = models.ForeignKey(
        Shop, on_delete=models.PROTECT, related_name="products", verbose_name=_("shop")
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="products", verbose_name=_("category")
    )
    title = models.CharField(_("title"), max_length=120, validators=[validate_name])
    slug = models.SlugField(_("address part"), max_length=140, unique=True)
    description = MultilineTextField(_("description"), max_length=5000, blank=True)
    price = models.PositiveIntegerField(
        _("price"),
        help_text="Minor units of the currency: 1250 is 12.50 EUR and 1250 JPY.",
        validators=[MinValueValidator(1, PRICE_TOO_LOW), MaxValueValidator(100_000_000)],
    )
    currency = models.CharField(_("currency"), max_length=3, choices=Currency, default=Currency.EUR)
    stock = models.PositiveIntegerField(
        _("in stock"), default=1, validators=[MaxValueValidator(MAX_STOCK)]
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(_("unpublished"), null=True, blank=True, editable=False)
    hidden_at = models.DateTimeField(
        _("taken off sale by staff"), null=True, blank=True, editable=False
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("product")
        verbose_name_plural = _("products")
        ordering = ("-published_at", "-id")
        permissions = (("hide_product", "Can take products off sale"),)
        indexes = (
            models.Index(fields=["-published_at", "-id"], name="products_newest"),
            models.Index(fields=["category", "-published_at"], name="products_by_category"),
            models.Index(fields=["shop", "-created_at"], name="products_by_shop"),
        )
        constraints = (
            models.CheckConstraint(condition=models.Q(price__gt=0), name="price_is_above_zero"),
            models.CheckConstraint(
                condition=models.Q(published_at=None) | models.Q(withdrawn_at=None),
                name="published_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=models.Q(hidden_at=None) | models.Q(published_at=None),
                name="hidden_is_not_published",
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("catalog:product", args=[self.slug])

    @property
    def is_published(self) -> bool:
        return self.published_at is not None

    @property
    def is_hidden(self) -> bool:
        """Whether staff have taken it off sale; if so, its shop can't publish it."""
        return self.hidden_at is not None

    @property
    def is_withdrawn(self) -> bool:
        return self.withdrawn_at is not None

    @property
    def price_text(self) -> str:
        """The price, formatted in the reader's language."""
        return format_price(self.price, self.currency)

    @property
    def cover(self) -> "ProductImage | None":
        """The first picture. Prefetch `images` before you read this for many products."""
        prefetched = getattr(self, "_prefetched_objects_cache", {}).get("images")
        return next(iter(cover_of(self.pk) if prefetched is None else prefetched), None)

    @property
    def image_url(self) -> str:
        """The URL of the first picture, or an empty string."""
        cover = self.cover
        return cover.file.url if cover else ""


# This app's models in other modules.
from .former_slugs import FormerSlug as FormerSlug  # noqa: E402
from .picture_models import KeptPicture as KeptPicture  # noqa: E402
from .picture_models import ProductImage as ProductImage  # noqa: E402
from .picture_models import cover_of  # noqa: E402
from .submission_models import SubmittedForm as SubmittedForm  # noqa: E402
