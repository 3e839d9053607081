"""Forms that have been submitted."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class SubmittedForm(models.Model):
    """A form that has created something, found by the key from its page. See `submissions`."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", verbose_name=_("who")
    )
    key = models.UUIDField(_("key"))
    made = models.BigIntegerField(_("what it created"), null=True, help_text="Its id.")
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    class Meta:
        verbose_name = _("submitted form")
        verbose_name_plural = _("submitted forms")
        constraints = (
            models.UniqueConstraint(fields=["user", "key"], name="one_submission_per_form"),
        )

    def __str__(self) -> str:
        return f"{self.key}"
