"""What waits for a person."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Notification(models.Model):
    """One row per recipient and subject, however often something happens there.

    `read_at` is empty while it is unread; the badge is the number of those. What somebody was told
    as a member of a team is theirs for as long as they are one: see `queries.visible_to`.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="notifications",
        db_index=False,  # both indexes below begin with it
        verbose_name=_("recipient"),
    )
    subject_kind = models.CharField(
        max_length=20, help_text="conversation, …", verbose_name=_("kind of subject")
    )
    subject_id = models.BigIntegerField(verbose_name=_("subject ID"))
    team_id = models.BigIntegerField(
        null=True,
        blank=True,
        editable=False,
        help_text="The shop as whose member the recipient was told; empty for the person's own.",
        verbose_name=_("shop ID"),
    )
    title = models.CharField(_("title"), max_length=120)
    excerpt = models.CharField(_("excerpt"), max_length=160, blank=True)
    url = models.CharField(_("address"), max_length=200)
    happened_at = models.DateTimeField(_("last time"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ("-happened_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=["recipient", "subject_kind", "subject_id"],
                name="one_notification_per_subject",
            ),
        )
        indexes = (
            models.Index(fields=["recipient", "-happened_at"], name="notifications_newest"),
            models.Index(
                fields=["recipient", "-happened_at"],
                condition=models.Q(read_at__isnull=True),
                include=["team_id"],
                name="notifications_unread",
            ),
        )

    def __str__(self) -> str:
        return self.title
