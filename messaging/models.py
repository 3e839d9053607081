"""Conversations, the people who take part in them, and their messages."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trato.people import is_deleted

from .fields import HostForeignKey
from .host import host
from .sides import Side as Side

SUBJECT_KIND = "conversation"  # of the notifications that messaging creates
MENTION_KIND = "note"  # of those for colleagues whom a note mentions; the subject is the note
# Of those for colleagues who get conversations; the subject is the first `Assignment` of the act.
ASSIGNED_KIND = "assigned"


# `reverse` takes longer than everything else that a send needs from Django.
@lru_cache(maxsize=10_000)
def conversation_url(conversation_id: int) -> str:
    """Return the address of a conversation on this site."""
    return reverse("messaging:conversation", args=[conversation_id])


def hour_of(time: datetime) -> datetime:
    """Return the beginning of the hour that contains a time."""
    return time.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


class Conversation(models.Model):
    """One shopper and one shop, about one product or about none.

    Keeps the product's title, price and picture from the time when the shopper asked.
    `last_sequence` and `revision` are the counters that order and resume messages; both change only
    under this row's lock, which every writer takes first.

    Only the first message of an hour changes a column that an index contains: for the others
    PostgreSQL updates the row in place (HOT) and doesn't touch the indexes. That is why lists sort
    by the hour first, and why there is no foreign key to the last message.
    """

    # `db_index=False`: an index below begins with the column, and each one makes writes slower.
    consumer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="asked_conversations",
        db_index=False,
        verbose_name=_("shopper"),
    )
    shop = HostForeignKey(
        settings.MESSAGING_SHOP_MODEL,
        on_delete=models.PROTECT,
        related_name="conversations",
        db_index=False,
        verbose_name=_("shop"),
    )
    product = HostForeignKey(
        settings.MESSAGING_PRODUCT_MODEL,
        on_delete=models.PROTECT,
        related_name="conversations",
        null=True,
        blank=True,
        verbose_name=_("product"),
    )
    product_title = models.CharField(_("product when asked"), max_length=120, blank=True)
    product_price = models.PositiveIntegerField(
        _("price when asked"), null=True, blank=True, help_text="Minor units."
    )
    product_currency = models.CharField(_("currency when asked"), max_length=3, blank=True)
    product_image = models.CharField(
        _("picture when asked"), max_length=200, blank=True, help_text="Address."
    )
    last_sequence = models.PositiveIntegerField(_("messages"), default=0)
    revision = models.PositiveIntegerField(_("revision"), default=0)
    last_message_at = models.DateTimeField(_("last message at"), null=True, blank=True)
    last_message_hour = models.DateTimeField(
        _("hour of the last message"),
        null=True,
        editable=False,
        help_text="The beginning of the hour of that time.",
    )
    # Whom it waits for, empty if it is settled; `lanes` keeps the lists of those who wait.
    turn = models.CharField(_("waits for"), max_length=8, choices=Side, blank=True, db_default="")
    waiting_since = models.DateTimeField(
        _("waiting since"),
        null=True,
        blank=True,
        help_text="The time of the first message that nobody has answered.",
    )
    last_message = models.ForeignObject(
        "Message",
        on_delete=models.DO_NOTHING,
        from_fields=["id", "last_sequence"],
        to_fields=["conversation", "sequence"],
        related_name="+",
        null=True,
        editable=False,
    )
    ended_at = models.DateTimeField(
        _("ended"),
        null=True,
        blank=True,
        editable=False,
        help_text="When a side deleted its account. Nobody can write any more.",
    )
    # The member of the shop who takes care of it, as long as that person works there.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,  # an index below begins with it
        verbose_name=_("assigned to"),
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    # Added by a list for its reader, see `queries.conversation_list`.
    my_side: Side
    counterpart: str
    counterpart_picture: str
    match: "Message | Note | None" = None  # looking for a missing attribute takes templates 20 µs
    match_is_note = False
    match_sentence: list[Any]
    match_url = ""
    marks: Any = None

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        constraints = (
            models.UniqueConstraint(
                fields=["consumer", "product"],
                condition=models.Q(product__isnull=False),
                name="one_conversation_per_product",
            ),
            models.UniqueConstraint(
                fields=["consumer", "shop"],
                condition=models.Q(product__isnull=True),
                name="one_conversation_per_shop",
            ),
        )
        indexes = (
            models.Index(
                fields=["consumer", "-last_message_hour"], name="conversations_of_consumer"
            ),
            models.Index(fields=["shop", "-last_message_hour"], name="conversations_of_shop"),
            models.Index(
                fields=["assignee", "-last_message_hour"],
                condition=models.Q(assignee__isnull=False),
                name="conversations_of_assignee",
            ),
        )
        permissions = (("look_into_conversation", "Can read other people's conversations"),)

    def __str__(self) -> str:
        return f"{self.pk}"

    def get_absolute_url(self) -> str:
        return conversation_url(self.pk)

    def page_of(self, sequence: int) -> str:
        """Return the address of the page that has a message, and what was written around it."""
        page = settings.HISTORY_PAGE_SIZE
        if sequence > self.last_sequence - page:
            return self.get_absolute_url()
        return f"{self.get_absolute_url()}?before={sequence + page // 2}"

    @property
    def consumer_name(self) -> str:
        return host.display_name(self.consumer)

    @property
    def shop_name(self) -> str:
        return host.shop_name(self.shop)

    def side_of(self, user_id: int) -> Side:
        """Return the side of somebody whom `access` has let in."""
        return Side.CONSUMER if user_id == self.consumer_id else Side.SELLER

    def name_without_account(self, side: str) -> str:
        """Return who sent a message if the account is deleted: the shop, or nobody we know."""
        return self.shop_name if side == Side.SELLER else gettext("Deleted account")

    def counterpart_of(self, side: Side) -> str:
        """Return the name under which one side sees the other."""
        return self.shop_name if side is Side.CONSUMER else self.consumer_name

    def counterpart_picture_of(self, side: Side) -> str:
        """Return the address of the picture of a side's other side, or an empty string."""
        if side is Side.CONSUMER:
            return host.shop_picture_url(self.shop)
        return host.person_picture_url(self.consumer)


class Attached(models.TextChoices):
    """What a list of conversations says of a message that has only files."""

    PHOTO = "photo", _("Photo")
    PHOTOS = "photos", _("Photos")
    DOCUMENT = "document", _("Document")
    FILES = "files", _("Files")


class Message(models.Model):
    """A message. Its sender can edit and withdraw it for a while; staff can remove it.

    Of a removed or withdrawn message, both sides only see that there was one, see `is_hidden`.
    `sequence` orders, `revision` is the conversation's counter at the message's last change,
    and `client_id` is chosen by the sender's browser so that a repeated send is one message.
    docs/adding-a-feature.md says what else to change for a new column of the content.
    """

    conversation = models.ForeignKey(
        Conversation,
        on_delete=models.CASCADE,
        related_name="messages",
        db_index=False,
        verbose_name=_("conversation"),
    )
    sequence = models.PositiveIntegerField(_("number"))
    revision = models.PositiveIntegerField(_("revision"))
    client_id = models.UUIDField(_("client ID"))
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="sent_messages",
        db_index=False,  # a constraint below begins with it
        verbose_name=_("sender"),
    )
    side = models.CharField(_("side"), max_length=8, choices=Side)
    body = models.TextField(_("text"), max_length=settings.MESSAGE_MAX_CHARACTERS)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    is_automatic = models.BooleanField(_("automatic"), default=False, db_default=False)
    # Most messages have no files, and so nothing is read to find that out.
    attached = models.CharField(
        _("files"), max_length=8, choices=Attached, blank=True, default="", db_default=""
    )
    removed_at = models.DateTimeField(
        _("removed"),
        null=True,
        blank=True,
        editable=False,
        help_text="The audit trail says who removed it, and why.",
    )
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True, editable=False)
    edited_at = models.DateTimeField(
        _("edited"),
        null=True,
        blank=True,
        editable=False,
        help_text="`MessageVersion` has the earlier texts.",
    )
    quote = models.PositiveIntegerField(
        _("quotes"), null=True, blank=True, help_text="The number of the message that it quotes."
    )
    # Most messages have no reactions, and so nothing is read to find that out.
    is_reacted = models.BooleanField(_("has reactions"), default=False, db_default=False)
    # Loaded by `extras`.
    shown_files: Any = ()
    quoted: Any = None
    reactions: Any = ()
    # Set for the page of a conversation, see `messaging/runs.py`.
    is_grouped = is_continued = False

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("conversation", "sequence")
        constraints = (
            models.UniqueConstraint(
                fields=["conversation", "sequence"], name="one_message_per_sequence"
            ),
            models.UniqueConstraint(
                fields=["sender", "conversation", "client_id"], name="one_message_per_client_id"
            ),
            models.CheckConstraint(
                condition=models.Q(sequence__gt=0), name="sequence_starts_at_one"
            ),
        )
        indexes = (models.Index(fields=["conversation", "revision"], name="messages_by_revision"),)
        permissions = (("remove_message", "Can remove a message from sight"),)

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.sequence}"

    @property
    def is_hidden(self) -> bool:
        return self.removed_at is not None or self.withdrawn_at is not None

    @property
    def sender_name(self) -> str:
        """The sender's name; empty for a deleted account, see `name_without_account`."""
        name = self.conversation.shop_name if self.is_automatic else host.display_name(self.sender)
        return "" if is_deleted(self.sender) else name

    @property
    def sender_short_name(self) -> str:
        return "" if self.is_automatic or is_deleted(self.sender) else host.short_name(self.sender)


# Messages with words for both sides: `Message.is_hidden` for queries and for statements.
NOT_HIDDEN: dict[str, Any] = {"removed_at": None, "withdrawn_at": None}


def shown_sql(message: str) -> str:
    """Return `NOT_HIDDEN` as an SQL condition on a message with the given alias or table."""
    return f"({message}.removed_at IS NULL AND {message}.withdrawn_at IS NULL)"


# The features' models, which belong to this app too.
from .away.models import AwayAnswer as AwayAnswer  # noqa: E402
from .away.models import AwayWords as AwayWords  # noqa: E402
from .contact.models import KeptQuestion as KeptQuestion  # noqa: E402
from .editing.models import MessageVersion as MessageVersion  # noqa: E402
from .figures.models import Contest as Contest  # noqa: E402
from .figures.models import ReplyTime as ReplyTime  # noqa: E402
from .figures.models import Settlement as Settlement  # noqa: E402
from .figures.models import Wait as Wait  # noqa: E402
from .files.models import File as File  # noqa: E402
from .lanes.models import Lane as Lane  # noqa: E402
from .lanes.models import LaneCount as LaneCount  # noqa: E402
from .moderation.models import Report as Report  # noqa: E402
from .notes.models import Note as Note  # noqa: E402
from .opening_hours.models import OpeningHours as OpeningHours  # noqa: E402
from .participants import Participant as Participant  # noqa: E402
from .reactions.models import Reaction as Reaction  # noqa: E402
from .saved_replies.models import SavedReply as SavedReply  # noqa: E402
from .saved_views.models import SavedView as SavedView  # noqa: E402
from .scheduled.models import ScheduledMessage as ScheduledMessage  # noqa: E402
from .team.models import AlertChoice as AlertChoice  # noqa: E402
from .team.models import Assignment as Assignment  # noqa: E402
from .team.models import TeamRules as TeamRules  # noqa: E402
from .team.models import TeamState as TeamState  # noqa: E402
from .triage.models import ConversationLabel as ConversationLabel  # noqa: E402
from .triage.models import Label as Label  # noqa: E402
