"""The tables of a person's data in messaging."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from messaging.access import conversations_of
from messaging.files.models import StoredFile
from messaging.models import (
    NOT_HIDDEN,
    AlertChoice,
    Appeal,
    Block,
    Contest,
    Conversation,
    Decision,
    DismissedWarning,
    Export,
    File,
    HeldMessage,
    KeptQuestion,
    LastActive,
    Look,
    Message,
    MessageVersion,
    Note,
    Nudge,
    Objection,
    Participant,
    PresenceChoice,
    Reaction,
    RecallWarning,
    Report,
    SavedReply,
    SavedReplyFile,
    SavedView,
    ScheduledMessage,
    Side,
)
from trato.personal_data import StoredCopy, Table
from trato.stored_files.actions import PRIVATE

Rows = Callable[[Any], QuerySet[Any]]

CONVERSATION = ("conversation_id", _("Conversation"))
MESSAGE = (("message.conversation_id", _("Conversation")), ("message.sequence", _("Number")))
WORDS = ("body", _("Text"))
CREATED = ("created_at", _("Created"))
SENT = ("created_at", _("Sent"))


def _of(model: Any, field: str, *related: str, **conditions: Any) -> Rows:
    """Return a function for a person's rows of a model."""

    def rows(person: Any) -> QuerySet[Any]:
        matching: QuerySet[Any] = model.objects.filter(**{field: person.pk}, **conditions)
        return matching.select_related(*related) if related else matching

    return rows


def _stored(row: StoredFile) -> list[StoredCopy]:
    return [StoredCopy(PRIVATE, row.stored_name(), f"{row.pk} {row.name}")] if row.is_ready else []


def _files_for_shops(person: Any) -> QuerySet[File]:
    shown: dict[str, Any] = {f"message__{name}": value for name, value in NOT_HIDDEN.items()}
    return File.objects.filter(owner=person.pk, message__side=Side.SELLER, **shown)


def _looks(person: Any) -> QuerySet[Look]:
    """Return the looks that the person could see on both sides' pages."""
    return Look.shown().filter(conversation__in=conversations_of(person.pk).values("pk"))


def _hidden(person: Any) -> QuerySet[Message]:
    own = Message.objects.filter(sender_id=person.pk, side=Side.CONSUMER)
    return own.exclude(**NOT_HIDDEN).exclude(body="")


CONVERSATIONS = (
    Table(
        "conversations",
        _("Your conversations"),
        _of(Conversation, "consumer_id"),
        (
            ("pk", _("Conversation")),
            "product_title",
            CREATED,
            ("last_message_at", _("Last message")),
            ("ended_at", _("Ended")),
        ),
    ),
    Table(
        "conversation_marks",
        _("How you sorted conversations"),
        _of(Participant, "user_id"),
        (
            CONVERSATION,
            ("last_read_sequence", _("Read up to message")),
            ("starred_at", _("Starred")),
            ("snoozed_until", _("Snoozed until")),
            ("muted_at", _("Muted")),
        ),
    ),
    Table(
        "earlier_words",
        _("What you wrote before you edited it"),
        _of(MessageVersion, "message__sender_id", "message"),
        (*MESSAGE, ("created_at", _("Edited")), WORDS),
    ),
    Table(
        "hidden_words",
        _("Your messages that you withdrew or staff removed"),
        _hidden,
        (CONVERSATION, "sequence", SENT, WORDS, "withdrawn_at", "removed_at"),
    ),
    Table(
        "messages_for_shops",
        _("What you wrote for shops"),
        _of(Message, "sender_id", side=Side.SELLER, **NOT_HIDDEN),
        (CONVERSATION, "sequence", SENT, WORDS, "edited_at"),
    ),
    Table(
        "files_for_shops",
        _("Files that you sent for shops"),
        _files_for_shops,
        (CONVERSATION, "name", "alt", "size"),
        _stored,
    ),
    Table(
        "unsent_files",
        _("Files that you haven't sent"),
        _of(File, "owner_id", message=None),
        (CONVERSATION, "name", "alt", "size"),
        _stored,
    ),
    Table(
        "notes", _("Your internal notes"), _of(Note, "author_id"), (CONVERSATION, CREATED, WORDS)
    ),
    Table(
        "scheduled_messages",
        _("Scheduled messages"),
        _of(ScheduledMessage, "author_id"),
        (CONVERSATION, WORDS, "send_at", "state", CREATED),
    ),
    Table(
        "held_messages",
        _("Messages that were checked before delivery"),
        _of(HeldMessage, "sender_id"),
        (("pk", _("Number")), CONVERSATION, SENT, WORDS, "state"),
    ),
    Table(
        "kept_questions",
        _("Questions that wait for you to log in"),
        lambda person: KeptQuestion.objects.filter(writer=str(person.pk)),
        (CREATED, WORDS),
    ),
    Table(
        "reactions",
        _("Reactions"),
        _of(Reaction, "user_id", "message"),
        (*MESSAGE, "reaction", CREATED),
    ),
    Table(
        "nudges", _("Reminders"), _of(Nudge, "sender_id"), (CONVERSATION, ("sent_at", _("Sent")))
    ),
)
CHOICES = (
    Table(
        "saved_replies",
        _("Saved replies"),
        _of(SavedReply, "owner_id"),
        ("name", "short", WORDS, ("changed_at", _("Changed"))),
    ),
    Table(
        "saved_reply_files",
        _("Files of saved replies"),
        _of(SavedReplyFile, "owner_id"),
        ("name", "alt", "size"),
        _stored,
    ),
    Table("saved_views", _("Saved views"), _of(SavedView, "owner_id"), ("name", "query", CREATED)),
    Table(
        "blocks",
        _("Blocked"),
        lambda person: Block.objects.filter(
            Q(consumer_id=person.pk, side=Side.CONSUMER) | Q(by_id=person.pk)
        ).select_related("shop"),
        (("shop_id", _("Shop")), "side", CREATED),
    ),
    Table(
        "alerts",
        _("What alerts you"),
        _of(AlertChoice, "user_id"),
        (("shop_id", _("Shop")), ("level", _("Alerts"))),
    ),
    Table(
        "presence",
        _("What others see of you"),
        _of(PresenceChoice, "user_id"),
        (
            ("hides_read", _("Hides what you've read")),
            ("hides_typing", _("Hides that you're typing")),
            ("hides_presence", _("Hides that you're here")),
        ),
    ),
    Table(
        "last_active",
        _("When you were last active"),
        _of(LastActive, "user_id"),
        (("active_at", _("Last active")),),
    ),
)
SAFETY = (
    Table(
        "reports",
        _("Your reports"),
        _of(Report, "reporter_id"),
        ("kind", "about_id", "reason", ("words", _("Text")), SENT, "outcome", "resolved_at"),
    ),
    Table(
        "decisions",
        _("Decisions of staff about you"),
        _of(Decision, "person_id"),
        (
            ("pk", _("Number")), "measure", "scope", "starts_at", "ends_at", "facts", "source",
            "ground", "clause", "explanation", "is_found_automatically",
            "is_decided_automatically", "appeal_until", CREATED, "overturned_at",
            ("held_id", _("Message that was checked")), ("product_id", _("Product")),
        ),
    ),
    Table(
        "appeals",
        _("Your appeals"),
        _of(Appeal, "decision__person_id"),
        (("decision_id", _("Decision")), "words", SENT, "outcome", "answer", "decided_at"),
    ),
    Table(
        "objections",
        _("Where you said that a rule was wrong"),
        _of(Objection, "sender_id"),
        (CONVERSATION, CREATED, "outcome"),
    ),
    Table(
        "late_answers",
        _("Late answers that you contested"),
        _of(Contest, "by_id", "wait"),
        (("wait.conversation_id", _("Conversation")), CREATED, "reason"),
    ),
    Table(
        "scam_warnings",
        _("Warnings of scams that you closed"),
        _of(DismissedWarning, "user_id", "message"),
        (*MESSAGE, CREATED),
    ),
    Table(
        "recalled_scams",
        _("Scams that you received and we removed"),
        _of(RecallWarning, "user_id", "message", "recall"),
        (*MESSAGE, ("recall.created_at", _("Removed"))),
    ),
    Table(
        "looks",
        _("When staff looked into your conversations"),
        _looks,
        (CONVERSATION, ("created_at", _("Time")), "why"),
    ),
    Table(
        "downloads",
        _("Your downloads"),
        _of(Export, "owner_id"),
        (CONVERSATION, "state", CREATED, "expires_at"),
    ),
)  # fmt: skip
