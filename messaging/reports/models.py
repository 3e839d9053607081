"""People whose reports staff no longer want to see first."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MutedReporter(models.Model):
    """Somebody who has abused reports. Their new reports are accepted and set aside."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="+",
        verbose_name=_("person"),
    )
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("muted reporter")
        verbose_name_plural = _("muted reporters")

    def __str__(self) -> str:
        return f"{self.user_id}"
