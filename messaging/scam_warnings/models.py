"""Which warnings people don't need any more."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

KINDS_MAX = 120  # characters of the names of all kinds of scam, with a comma between them


class DismissedWarning(models.Model):
    """A person has read the warnings next to a message: they aren't shown again to that person.

    If the message is edited and then looks like another scam, there is a new warning.
    """

    message = models.ForeignKey(
        "messaging.Message",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # the constraint begins with it
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
