"""Files that people send with messages."""

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trato.addresses import address

if TYPE_CHECKING:
    from messaging.models import Conversation

NAME_MAX_CHARACTERS = 120
ALT_MAX_CHARACTERS = 300
# Two hashes that differ in fewer bits than there are bands have a band in common. So an index on
# each band finds all pictures that are so similar.
HASH_BAND_BITS = 13
HASH_BANDS = 5
SIDES = {"-large": 640, "-small": 320}  # pixels of a thumbnail's longer side, by its name's suffix


def files_url(conversation_id: int) -> str:
    """Return the URL of a conversation's files."""
    return address("messaging:files", conversation_id)


def hash_band(band: int) -> models.Func:
    """Return one of the `HASH_BANDS` parts of `picture_hash`, in the same SQL as its index."""
    shift, mask = band * HASH_BAND_BITS, 2**HASH_BAND_BITS - 1
    # Literal numbers in the SQL instead of parameters: only then does a query match the index.
    template = f"((%(expressions)s >> {shift}) & {mask})"
    return models.Func("picture_hash", template=template, output_field=models.BigIntegerField())


class Kind(models.TextChoices):
    IMAGE = "image", _("Picture")
    PDF = "pdf", _("PDF")


class StoredFile(models.Model):
    """A file and its thumbnails in the storage `private`, under random names.

    The row has the names before anything is written, so that it always says what to delete.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    name = models.CharField(_("name"), max_length=NAME_MAX_CHARACTERS)
    alt = models.CharField(_("description (alt text)"), max_length=ALT_MAX_CHARACTERS, blank=True)
    size = models.PositiveIntegerField(_("size in bytes"))
    width = models.PositiveIntegerField(_("width"), default=0)
    height = models.PositiveIntegerField(_("height"), default=0)
    # Nearly the same for similar pictures; None if it isn't a picture or has no edges.
    picture_hash = models.BigIntegerField(_("picture hash"), null=True, editable=False)
    codes = models.TextField(_("QR codes"), blank=True, default="", editable=False)  # one per line
    stored_as = models.UUIDField(default=uuid.uuid4, editable=False)
    extension = models.CharField(max_length=8, editable=False)
    is_ready = models.BooleanField(_("completely stored"), default=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        return self.kind == Kind.IMAGE

    def stored_name(self, ending: str = "") -> str:
        """Return the name in the storage: the file's, or a thumbnail's for a key of `SIDES`."""
        stem = self.stored_as.hex
        return f"messages/{stem[:2]}/{stem}{ending}.{self.extension}"

    def stored_names(self) -> list[str]:
        return [self.stored_name(), *map(self.stored_name, SIDES if self.is_image else ())]


# Files that no message has yet: their owner may still change or delete them.
UNSENT: dict[str, Any] = {"message": None, "scheduled": None, "held_message": None}


class File(StoredFile):
    """A file in a conversation; only its owner sees it until it is sent or scheduled."""

    # `db_index=False`: the constraint below serves, or no query filters by the column alone.
    conversation: "models.ForeignKey[Conversation, Conversation]" = models.ForeignKey(
        "messaging.Conversation",
        on_delete=models.CASCADE,
        related_name="files",
        db_index=False,
        verbose_name=_("conversation"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name=_("owner"),
    )
    client_id = models.UUIDField(_("client ID"))
    message: "models.ForeignKey[Any, Any]" = models.ForeignKey(
        "messaging.Message",
        on_delete=models.CASCADE,
        related_name="files",
        null=True,
        blank=True,
        verbose_name=_("message"),
    )
    # A scheduled message will be sent with it. Only the shop's team sees it until then.
    scheduled: "models.ForeignKey[Any, Any]" = models.ForeignKey(
        "messaging.ScheduledMessage",
        on_delete=models.SET_NULL,
        related_name="files",
        db_index=False,
        null=True,
        blank=True,
        verbose_name=_("scheduled message"),
    )
    # A message held for review has it. Only its sender sees it until it is delivered.
    held_message: "models.ForeignKey[Any, Any]" = models.ForeignKey(
        "messaging.HeldMessage",
        on_delete=models.SET_NULL,
        related_name="files",
        db_index=False,
        null=True,
        blank=True,
        verbose_name=_("held message"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    # Unless it is sent, it is purged a day later. An open draft extends this time.
    held_at = models.DateTimeField(_("last needed"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ("message", "position")
        constraints = (
            models.UniqueConstraint(
                fields=["owner", "conversation", "client_id"], name="one_file_per_client_id"
            ),
        )
        indexes = (
            models.Index(
                fields=["held_at"], condition=models.Q(message=None), name="files_not_sent"
            ),
            models.Index(
                fields=["scheduled"],
                condition=models.Q(scheduled__isnull=False),
                name="files_scheduled",
            ),
            models.Index(
                fields=["held_message"],
                condition=models.Q(held_message__isnull=False),
                name="files_held",
            ),
            *(
                models.Index(
                    hash_band(band),
                    condition=models.Q(picture_hash__isnull=False),
                    name=f"files_hash_{band}",
                )
                for band in range(HASH_BANDS)
            ),
        )

    @property
    def url(self) -> str:
        return f"{files_url(self.conversation_id)}{self.pk}/"

    @property
    def thumbnail_url(self) -> str:
        return f"{self.url}thumbnail/"

    @property
    def shown_size(self) -> tuple[int, int]:
        """The width and height of the small thumbnail."""
        return scaled(self.width, self.height, SIDES["-small"])


def scaled(width: int, height: int, side: int) -> tuple[int, int]:
    """Return a picture's size once its longer side is at most `side`."""
    longer = max(width, height, side)
    return max(1, round(width * side / longer)), max(1, round(height * side / longer))


def storage() -> Storage:
    """Return the files' storage: nothing in it has a public URL."""
    return storages["private"]
