"""The team's own counter of a conversation."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TeamState(models.Model):
    """What a shop's team has on a conversation, beside the conversation itself.

    `team_revision` counts the team's changes: notes, labels, the assignee. It has a row of its own
    because the conversation's `revision` goes to the shopper, who would see it move.
    """

    conversation = models.OneToOneField(
        "messaging.Conversation",
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="team_state",
        verbose_name=_("conversation"),
    )
    team_revision = models.PositiveIntegerField(_("revision for the team"), default=0)

    class Meta:
        verbose_name = _("team's state of a conversation")
        verbose_name_plural = _("team's states of conversations")

    def __str__(self) -> str:
        return f"{self.conversation_id}"
