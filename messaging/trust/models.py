"""The trust that staff have set for people."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PersonTrust(models.Model):
    """The trust that staff have set for a person. Without a row, `queries.earned` decides."""

    class Status(models.TextChoices):
        NEW = "new", _("New account")
        ORDINARY = "ordinary", _("Ordinary")
        KNOWN_GOOD = "known_good", _("Known good: nothing is held as spam")
        WATCHED = "watched", _("Watched: first messages to shops are held")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="+",
        verbose_name=_("person"),
    )
    status = models.CharField(_("trust"), max_length=10, choices=Status)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("trust in a person")
        verbose_name_plural = _("trust in people")
        permissions = (("set_trust", "Can set how far a person is trusted"),)

    def __str__(self) -> str:
        return f"{self.user_id}: {self.status}"
