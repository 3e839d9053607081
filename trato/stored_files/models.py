"""Stored files that are about to be deleted."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

NAME_MAX_CHARACTERS = 255


class FileDeletion(models.Model):
    """A stored file that no row refers to any more.

    The transaction that deletes the file's own row creates this one, which is deleted with the
    file.
    """

    storage = models.CharField(_("storage"), max_length=30, help_text="A key of `STORAGES`.")
    name = models.CharField(_("name"), max_length=NAME_MAX_CHARACTERS)
    due_at = models.DateTimeField(_("due"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("deletion of a file")
        verbose_name_plural = _("deletions of files")

    def __str__(self) -> str:
        return f"{self.pk}"
