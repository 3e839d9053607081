"""The scene in which everybody tries everything."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from accounts.factories import UserFactory
from accounts.models import User
from messaging.editing.actions import edit
from messaging.factories import SavedReplyFactory, SavedViewFactory
from messaging.files.models import storage
from messaging.models import (
    AlertChoice,
    AwayWords,
    Conversation,
    ConversationLabel,
    Export,
    File,
    LastActive,
    Message,
    MessageVersion,
    Note,
    Nudge,
    OpeningHours,
    Participant,
    PresenceChoice,
    Reaction,
    Report,
    SavedReply,
    SavedView,
    ScheduledMessage,
    TeamRules,
    TeamState,
)
from messaging.notes.actions import add as add_note
from messaging.scheduled.actions import schedule
from messaging.triage import labels
from notifications.models import Notification
from tests.digests import digests
from tests.said import say
from tests.uploads import PDF, uploaded
from trato.audit.models import AuditEntry

MODELS = (
    AlertChoice, AuditEntry, AwayWords, Conversation, ConversationLabel, Export, File, LastActive,
    Message, MessageVersion, Note, Notification, Nudge, OpeningHours, Participant, PresenceChoice,
    Reaction, Report, SavedReply, SavedView, ScheduledMessage, TeamRules, TeamState,
)  # fmt: skip


class Scene:
    """A thread with messages from both sides, and an account that nobody needs."""

    def __init__(self, shopper: User, seller: User, conversation: Conversation) -> None:
        self.conversation = conversation
        self.address = conversation.get_absolute_url()
        self.asked = say(shopper, conversation, "Is it glazed?")
        self.answered = say(seller, conversation, "Yes, inside tooo.")
        edit(seller, conversation.pk, 2, "Yes, inside too.")
        self.note = add_note(seller, conversation.pk, uuid.uuid4(), "Ask Iker first")
        self.bystander = UserFactory()
        self.seller, self.label = (
            seller,
            labels.create(seller, conversation.shop_id, "Trade prices", "red"),
        )
        self.reply = SavedReplyFactory(shop=conversation.shop, body="Drawer {{ shopper }}")
        self.view = SavedViewFactory(shop=conversation.shop, name="Every morning")
        self.sent, self.unsent = (uploaded(shopper, conversation, PDF) for _ in range(2))
        File.objects.filter(pk=self.sent.pk).update(message=self.asked)
        self.export = Export.objects.create(
            conversation=conversation,
            owner=shopper,
            state=Export.State.READY,
            revision=1000,
            size=2,
            expires_at=timezone.now() + timedelta(hours=1),
        )
        storage().save(self.export.stored_name, ContentFile(b"PK"))
        ago = timezone.now() - timedelta(days=2)  # since then, the shop has waited for the shopper
        Conversation.objects.filter(pk=conversation.pk).update(waiting_since=ago)
        self.unsent_of_seller, self.scheduled = (
            uploaded(seller, conversation, PDF) for _ in range(2)
        )
        schedule(
            seller,
            conversation.pk,
            uuid.uuid4(),
            "On Monday",
            timezone.now() + timedelta(days=1),
            only_if_quiet=True,
            files=[self.scheduled.pk],
        )

    def everything(self) -> list[Any]:
        """Return everything that an act could change."""
        return [digests(MODELS), list(User.objects.order_by("pk").values_list("pk", "is_active"))]

    def own(self, person: str) -> Message:
        """Return the message of a person's side."""
        return self.asked if person == "shopper" else self.answered

    def other_sides(self, person: str) -> Message:
        return self.answered if person == "shopper" else self.asked


Act = Callable[[Client, Scene, str], tuple[int, bool]]  # the status, and whether it was done
