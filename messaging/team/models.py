"""A shop's team: its counters and assignments, its rules, and its members' choice of alerts."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.fields import HostForeignKey
from messaging.host import host
from trato.people import is_deleted


class TeamState(models.Model):
    """The part of a conversation's state that only the shop's team sees.

    `team_revision` counts the team's changes: notes, labels, the assignee. It is separate from the
    conversation's `revision`, which the shopper gets and would see change.
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


class Assignment(models.Model):
    """A change of a conversation's assignee, shown to the team as a line between its messages.

    `team_revision` is the team's counter after the change, for order and resuming. Like the
    counter, assignments have their own table, so that no shopper notices them.
    """

    conversation = models.ForeignKey(
        "messaging.Conversation",
        on_delete=models.CASCADE,
        related_name="assignments",
        db_index=False,  # the unique index begins with it
        verbose_name=_("conversation"),
    )
    team_revision = models.PositiveIntegerField(_("revision for the team"))
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("by"),
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        verbose_name=_("assigned to"),
    )
    by_reply = models.BooleanField(
        _("by replying"), default=False, help_text="Whether the assignee took it by replying."
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = (
            models.UniqueConstraint(
                fields=["conversation", "team_revision"], name="one_assignment_per_revision"
            ),
        )

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.team_revision}"

    @property
    def actor_name(self) -> str:
        """The assigner's name. Empty for a deleted account, whose actions count as the shop's."""
        return "" if is_deleted(self.actor) else host.display_name(self.actor)

    @property
    def assignee_name(self) -> str:
        """The assignee's name; empty for nobody, and for a deleted account."""
        if self.assignee is None or is_deleted(self.assignee):
            return ""
        return host.display_name(self.assignee)


class TeamRules(models.Model):
    """The rules of a shop's team. A shop without a row has the defaults."""

    shop = HostForeignKey(
        settings.MESSAGING_SHOP_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # the unique index has this column
        verbose_name=_("shop"),
    )
    replying_takes = models.BooleanField(
        _("replying takes it"),
        default=True,
        help_text="Whether a reply in a conversation that nobody takes care of assigns it.",
    )

    class Meta:
        verbose_name = _("team's rules")
        verbose_name_plural = _("teams' rules")
        constraints = (
            models.UniqueConstraint(fields=["shop"], name="one_row_of_team_rules_per_shop"),
        )

    def __str__(self) -> str:
        return f"{self.shop_id}"


class AlertChoice(models.Model):
    """A member's choice of which shoppers' messages alert them. Without a row, all of them do.

    So alerts cost a send nothing until somebody chooses.
    """

    class Level(models.TextChoices):
        ALL = "all", _("All of them")
        MINE_AND_NOBODYS = "nobodys", _("Those in my conversations, and in those nobody has taken")
        MINE = "mine", _("Only those in my conversations")
        NOTHING = "nothing", _("None: I'm only watching")

    shop = HostForeignKey(
        settings.MESSAGING_SHOP_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,  # the unique index begins with it
        verbose_name=_("shop"),
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("member"),
    )
    level = models.CharField(_("alerts"), max_length=7, choices=Level)

    class Meta:
        verbose_name = _("choice of alerts")
        verbose_name_plural = _("choices of alerts")
        constraints = (
            models.UniqueConstraint(
                fields=["shop", "user"], name="one_choice_of_alerts_per_member"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} in {self.shop_id}: {self.level}"
