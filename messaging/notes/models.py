"""Internal notes. They have their own table and counters, so that no shopper notices one."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.host import host
from trato.fields import MultilineTextField
from trato.people import is_deleted


class Note(models.Model):
    """A note by a shop's team about a conversation. Its text never changes.

    `number` orders the notes of a conversation: 1, 2, 3 … without gaps. `team_revision` is the
    team's counter when it was added, for resuming. `client_id` is as in `Message`. `mentions` has
    the IDs of the colleagues whom the text names with an `@`.
    """

    conversation = models.ForeignKey(
        "messaging.Conversation",
        on_delete=models.CASCADE,
        related_name="notes",
        db_index=False,
        verbose_name=_("conversation"),
    )
    number = models.PositiveIntegerField(_("number"))
    team_revision = models.PositiveIntegerField(_("revision for the team"))
    client_id = models.UUIDField(_("client ID"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="written_notes",
        verbose_name=_("author"),
    )
    body = MultilineTextField(_("text"), max_length=settings.NOTE_MAX_CHARACTERS)
    mentions = models.JSONField(_("mentions"), default=list, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        ordering = ("conversation", "number")
        constraints = (
            models.UniqueConstraint(fields=["conversation", "number"], name="one_note_per_number"),
            models.UniqueConstraint(
                fields=["conversation", "author", "client_id"], name="one_note_per_client_id"
            ),
            models.CheckConstraint(
                condition=models.Q(number__gt=0), name="note_number_starts_at_one"
            ),
        )
        indexes = (
            models.Index(fields=["conversation", "team_revision"], name="notes_by_team_revision"),
        )

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.number}"

    @property
    def author_name(self) -> str:
        """The author's name; empty for a deleted account, whose notes now belong to the shop."""
        return "" if is_deleted(self.author) else host.display_name(self.author)
