"""Staff messages to both sides of a conversation."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from trato.fields import MultilineTextField

if TYPE_CHECKING:
    from messaging.models import Case, Conversation


class StaffMessage(models.Model):
    """A staff message to both sides of a conversation, which never shows who wrote it.

    It isn't one of the conversation's messages: it has no sequence, no counter includes it, and it
    changes nobody's turn. Its time determines its place among the messages. `client_id` is as in
    `Message`. After a message is taken back, both sides see only that there was one.
    """

    conversation: "models.ForeignKey[Conversation, Conversation]" = models.ForeignKey(
        "messaging.Conversation",
        on_delete=models.CASCADE,
        related_name="staff_messages",
        db_index=False,  # the constraint below begins with this column
        verbose_name=_("conversation"),
    )
    case: "models.ForeignKey[Case | None, Case | None]" = models.ForeignKey(
        "messaging.Case",
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("case"),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("author"),
    )
    client_id = models.UUIDField(_("client ID"))
    body = MultilineTextField(_("text"), max_length=settings.MESSAGE_MAX_CHARACTERS)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    taken_back_at = models.DateTimeField(_("taken back"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("message of staff")
        verbose_name_plural = _("messages of staff")
        ordering = ("conversation", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=["conversation", "author", "client_id"],
                name="one_staff_message_per_client_id",
            ),
        )
        permissions = (("write_staff_message", "Can write to both sides of a conversation"),)

    def __str__(self) -> str:
        return f"{self.pk}"

    is_from_staff = True  # for templates, among other rows

    @property
    def is_taken_back(self) -> bool:
        return self.taken_back_at is not None
