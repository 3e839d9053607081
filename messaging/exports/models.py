"""Exports that are prepared in the background; small ones are sent immediately and leave no row."""

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from messaging.models import Conversation


class Export(models.Model):
    """A ZIP that one person has asked for; nobody else gets it.

    It contains one conversation or, without one, everything that is stored about the person.

    The row has its storage name before anything is written under that name. Each attempt has its
    own name, so that a process that seemed dead can't overwrite what another one stores.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Being prepared")
        READY = "ready", _("Ready")
        FAILED = "failed", _("Not prepared")

    conversation: "models.ForeignKey[Conversation | None, Conversation | None]" = models.ForeignKey(
        "messaging.Conversation",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="exports",
        verbose_name=_("conversation"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("owner"),
    )
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    language = models.CharField(_("language"), max_length=10)
    time_zone = models.CharField(_("time zone"), max_length=64)
    stored_as = models.UUIDField(default=uuid.uuid4, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    # Until when a process prepares it, or when a process may try again.
    free_at = models.DateTimeField(_("free from"), default=timezone.now, editable=False)
    # What it contains: all messages up to this one, as of this revision of the conversation.
    last_sequence = models.PositiveIntegerField(_("last message"), default=0)
    revision = models.PositiveIntegerField(_("revision"), default=0)
    # The same for an export of everything: each conversation's revision, by its key as a string.
    revisions = models.JSONField(default=dict, editable=False)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        constraints = (
            models.UniqueConstraint(
                fields=["owner"],
                condition=models.Q(state="waiting"),
                name="one_waiting_export_per_person",
            ),
        )
        indexes = (
            models.Index(
                fields=["free_at"], condition=models.Q(state="waiting"), name="exports_waiting"
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk}"

    has_changed = False  # set by `queries`

    @property
    def is_stale(self) -> bool:
        """Whether a message in it has changed since; only known for rows from `queries`."""
        return self.has_changed or bool(getattr(self, "is_outdated", False))

    @property
    def stored_name(self) -> str:
        stem = self.stored_as.hex
        return f"exports/{stem[:2]}/{stem}.zip"
