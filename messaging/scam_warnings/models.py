"""Warnings that people have dismissed."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

KINDS_MAX = 120  # characters: the names of all kinds of scam, joined by commas


class DismissedWarning(models.Model):
    """A person dismissed the warnings next to a message and doesn't see them again.

    If the message is edited and then resembles another scam, the person sees a new warning.
    """

    message = models.ForeignKey(
        "messaging.Message",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # the constraint's index begins with it
        verbose_name=_("message"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("person"),
    )
    kinds = models.CharField(_("warnings"), max_length=KINDS_MAX)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("dismissed warning")
        verbose_name_plural = _("dismissed warnings")
        constraints = (
            models.UniqueConstraint(
                fields=["message", "user"], name="one_dismissal_per_message_and_person"
            ),
        )

    def __str__(self) -> str:
        return f"{self.message_id}: {self.kinds}"
