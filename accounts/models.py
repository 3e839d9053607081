"""The user model."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trato.names import validate_honest_name, validate_unreserved
from trato.realtime.sessions import announce_access_changed
from trato.time_zones import validate_time_zone


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person who logs in with `email` (compared without case)."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a staff member with all permissions."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account.

    `role` is what the account may do on the site. Staff change `is_active` only through
    `accounts.actions.set_active`, and deletion clears it; the audit trail records who decided and
    why.
    """

    class Role(models.TextChoices):
        CONSUMER = "consumer", _("Shopper")
        SELLER = "seller", _("Seller")

    email = models.EmailField(_("email"), unique=True)
    name = models.CharField(_("name"), max_length=60, validators=[validate_honest_name])
    role = models.CharField(_("role"), max_length=8, choices=Role, default=Role.CONSUMER)
    is_staff = models.BooleanField(_("staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    deleted_at = models.DateTimeField(
        _("deleted"), null=True, editable=False, help_text="By its owner, see `deletion`."
    )
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, blank=True, db_default=""
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        blank=True,
        db_default="",
        validators=[validate_time_zone],
        help_text=_("IANA name; empty for the browser's."),
    )
    # Square and re-encoded by `trato.images`.
    picture = models.FileField(_("picture"), upload_to="people/", blank=True, db_default="")

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        permissions = (("suspend_user", "Can suspend and restore accounts"),)
        constraints = (
            models.UniqueConstraint(Lower("email"), name="one_account_per_email"),
            models.CheckConstraint(
                condition=models.Q(role__in=["consumer", "seller"]), name="role_is_known"
            ),
        )

    def __str__(self) -> str:
        """Name the person for staff; the number tells deleted accounts apart."""
        if self.deleted_at:
            return f"{gettext('Deleted account')} ({self.pk})"
        return self.name or self.email

    def clean(self) -> None:
        """Refuse a name that sounds official, unless the person is staff."""
        super().clean()
        if not self.is_staff:
            try:
                validate_unreserved(self.name)
            except ValidationError as error:
                raise ValidationError({"name": error}) from error

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save the row. A new password ends the other sessions, so this notifies their sockets."""
        is_new_password = getattr(self, "_password", None) is not None  # set by Django
        super().save(*args, **kwargs)
        if is_new_password:
            announce_access_changed(self.pk)

    @property
    def is_seller(self) -> bool:
        return self.role == self.Role.SELLER

    @property
    def picture_url(self) -> str:
        """The URL of the picture, or an empty string."""
        return self.picture.url if self.picture else ""

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else ""
