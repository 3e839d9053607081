"""One person in one conversation, and what only that person sees."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from messaging.sides import Side

from .conversation import Conversation


class Participant(models.Model):
    """One person in one conversation, with everything that concerns only that person.

    A mark that the next message ends is stored with the sequence of the last message. So a new
    message brings back an archived conversation, and wakes a snoozed one, without a write. No index
    contains a column that a read mark changes, so PostgreSQL updates the row in place (HOT).
    """

    conversation = models.ForeignKey(
        Conversation,
        on_delete=models.CASCADE,
        related_name="participants",
        db_index=False,
        verbose_name=_("conversation"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="participations",
        verbose_name=_("person"),
    )
    side = models.CharField(_("side"), max_length=8, choices=Side)
    last_read_sequence = models.PositiveIntegerField(_("read up to"), default=0)
    archived_sequence = models.PositiveIntegerField(
        _("archived"), null=True, blank=True, help_text="The last message when it was archived."
    )
    starred_at = models.DateTimeField(_("starred"), null=True, blank=True)
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True, blank=True)
    snoozed_sequence = models.PositiveIntegerField(
        _("snoozed"), null=True, blank=True, help_text="The last message when it was snoozed."
    )
    muted_at = models.DateTimeField(_("muted"), null=True, blank=True)
    unread_from = models.PositiveIntegerField(
        _("unread from"),
        null=True,
        blank=True,
        help_text="The message from which the person has marked it as unread; 0 once read again.",
    )

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = (
            models.UniqueConstraint(
                fields=["conversation", "user"], name="one_participation_per_person"
            ),
        )
        indexes = (
            models.Index(
                fields=["user", "conversation"],
                condition=Q(starred_at__isnull=False),
                name="participants_starred",
            ),
            models.Index(
                fields=["user", "conversation"],
                condition=Q(archived_sequence__isnull=False),
                name="participants_archived",
            ),
            models.Index(
                fields=["user", "conversation"],
                condition=Q(snoozed_until__isnull=False),
                name="participants_snoozed",
            ),
            models.Index(
                fields=["user", "conversation"],
                condition=Q(muted_at__isnull=False),
                name="participants_muted",
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} in {self.conversation_id}"
