"""The earlier texts of messages."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class MessageVersion(models.Model):
    """A text that an edit replaced at `created_at`. Number 1 is what was sent.

    Only staff and the side that wrote the message see it. The search doesn't find it.
    """

    message = models.ForeignKey(
        "messaging.Message",
        on_delete=models.CASCADE,
        related_name="versions",
        db_index=False,  # the unique index begins with it
        verbose_name=_("message"),
    )
    number = models.PositiveIntegerField(_("number"))
    body = models.TextField(_("text"))
    created_at = models.DateTimeField(_("replaced"))

    class Meta:
        verbose_name = _("earlier text of a message")
        verbose_name_plural = _("earlier texts of messages")
        ordering = ("message", "number")
        constraints = (
            models.UniqueConstraint(fields=["message", "number"], name="one_version_per_number"),
        )

    def __str__(self) -> str:
        return f"{self.message_id}/{self.number}"
