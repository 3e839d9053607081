"""Reactions to messages."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Reaction(models.Model):
    """A person's reaction to a message; each person has at most one."""

    class Kind(models.TextChoices):
        THANKS = "🙏", _("Thank you")
        YES = "👍", _("Yes")
        LOVE = "❤️", _("Love it")
        JOY = "😄", _("Funny")
        SURPRISE = "😮", _("Surprised")
        SORRY = "😢", _("Sorry")

    message = models.ForeignKey(
        "messaging.Message",
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # the unique index begins with it
        verbose_name=_("message"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("person"),
    )
    reaction = models.CharField(_("reaction"), max_length=8, choices=Kind)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("reaction")
        verbose_name_plural = _("reactions")
        constraints = (
            models.UniqueConstraint(
                fields=["message", "user"], name="one_reaction_per_message_and_person"
            ),
        )

    def __str__(self) -> str:
        return f"{self.message_id}/{self.user_id}"
