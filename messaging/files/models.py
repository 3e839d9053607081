"""Files that people send with messages."""

import uuid
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from messaging.models import Conversation

NAME_MAX_CHARACTERS = 120
ALT_MAX_CHARACTERS = 300
SIDES = {"-large": 640, "-small": 320}  # pixels of a thumbnail's longer side, by its name's ending


@lru_cache(maxsize=10_000)  # `reverse` takes longer than everything else about a link
def files_url(conversation_id: int) -> str:
    """Return the address of a conversation's files."""
    return reverse("messaging:files", args=[conversation_id])


class Kind(models.TextChoices):
    IMAGE = "image", _("Picture")
    PDF = "pdf", _("PDF")


class StoredFile(models.Model):
    """Something in the storage `private`, under random names.

    The row has them before they are written: whatever happens, it says what to delete.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    name = models.CharField(_("name"), max_length=NAME_MAX_CHARACTERS)
    alt = models.CharField(_("description (alt text)"), max_length=ALT_MAX_CHARACTERS, blank=True)
    size = models.PositiveIntegerField(_("size in bytes"))
    width = models.PositiveIntegerField(_("width"), default=0)
    height = models.PositiveIntegerField(_("height"), default=0)
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
        """Return the name in the storage, of the file or of a thumbnail: a key of `SIDES`."""
        stem = self.stored_as.hex
        return f"messages/{stem[:2]}/{stem}{ending}.{self.extension}"

    def stored_names(self) -> list[str]:
        return [self.stored_name(), *map(self.stored_name, SIDES if self.is_image else ())]


class File(StoredFile):
    """A file in a conversation; only its owner sees it until it is sent or scheduled."""

    # `db_index=False`: the constraint below serves, or nothing asks by the column alone.
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
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    # Purged a day later, unless it is sent: an open draft says again that it holds the file.
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
    """Return where the files lie: nothing in it has an address of its own."""
    return storages["private"]
