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
from catalog.factories import ProductFactory
from messaging.appeals.actions import appeal
from messaging.blocks.actions import block
from messaging.cases.actions import open_case
from messaging.cases.claims import let_go
from messaging.decisions.actions import decide
from messaging.decisions.ruling import Ruling
from messaging.editing.actions import edit
from messaging.factories import (
    ConversationFactory,
    MessageFactory,
    SavedReplyFactory,
    SavedViewFactory,
)
from messaging.files.models import storage
from messaging.models import (
    AlertChoice,
    Appeal,
    AwayWords,
    Block,
    Case,
    Conversation,
    ConversationLabel,
    Decision,
    DismissedWarning,
    Export,
    File,
    HeldMessage,
    LastActive,
    LinkHost,
    Look,
    Message,
    MessageVersion,
    MutedReporter,
    Note,
    Nudge,
    OpeningHours,
    Participant,
    PresenceChoice,
    Reaction,
    Report,
    Sanction,
    SavedReply,
    SavedView,
    ScheduledMessage,
    Side,
    StaffMessage,
    TeamRules,
    TeamState,
)
from messaging.notes.actions import add as add_note
from messaging.reports.actions import report_product
from messaging.scheduled.actions import Plan, schedule
from messaging.staff_messages.actions import write as write_to_both
from messaging.triage import labels
from notifications.models import Notification
from tests.digests import digests
from tests.said import say
from tests.uploads import PDF, uploaded
from trato.audit.models import AuditEntry

MODELS = (
    AlertChoice, Appeal, AuditEntry, AwayWords, Block, Conversation, ConversationLabel,
    Decision, DismissedWarning, Export, File,
    HeldMessage, LastActive, LinkHost, Look,
    Message, MessageVersion, MutedReporter, Note, Notification, Nudge, OpeningHours, Participant,
    PresenceChoice,
    Reaction, Report, Sanction, SavedReply, SavedView, ScheduledMessage, StaffMessage, TeamRules,
    TeamState,
)  # fmt: skip


class Scene:
    """A thread with messages from both sides, and an account that nobody needs."""

    def __init__(self, shopper: User, seller: User, conversation: Conversation) -> None:
        self.conversation = conversation
        self.address = conversation.get_absolute_url()
        self.asked = say(shopper, conversation, "Is it glazed?")
        self.answered = say(seller, conversation, "Yes, inside tooo.")
        edit(seller, conversation.pk, 2, "Yes, inside too.")
        self.blocked = ConversationFactory(
            consumer=UserFactory(name="Ane Bloqueada"),
            product=ProductFactory(shop=conversation.shop),
            turn=Side.SELLER,
        )
        block(seller, self.blocked.pk)
        elsewhere = ConversationFactory(
            consumer=shopper,
            product=ProductFactory(shop=conversation.shop),
            has_held=True,
            turn=Side.SELLER,
        )
        self.held = HeldMessage.objects.create(
            conversation=elsewhere,
            sender=shopper,
            side=Side.CONSUMER,
            client_id=uuid.uuid4(),
            body="Words that are held",
            reason="rule",
        )
        self.suspicious = ConversationFactory(
            consumer=shopper, product=ProductFactory(shop=conversation.shop)
        )
        for person in (shopper, seller):
            text = "Tell me the code that you got by SMS: https://odd.example/x"
            MessageFactory(conversation=self.suspicious, sender=person, body=text)
        LinkHost.objects.create(host="odd.example", action=LinkHost.Action.WARN)
        other: Any = ProductFactory(shop=conversation.shop)
        chief = UserFactory(staff=True, is_superuser=True)
        self.report = report_product(shopper, other, "scam", "Zigzag")
        Look.objects.create(
            conversation=conversation, created_at=timezone.now() - timedelta(days=2)
        )
        Conversation.objects.filter(pk=conversation.pk).update(has_looks=True)
        open_case(Case.Kind.REPORT, f"message:{self.asked.pk}", conversation_id=conversation.pk)
        self.case = Case.objects.get(conversation=conversation)
        values: Any = {"client_id": uuid.uuid4(), "body": "From staff to you", "reason": "Asked"}
        self.from_staff = write_to_both(chief, self.case.pk, **values)
        let_go(chief, self.case.pk)
        self.note = add_note(seller, conversation.pk, uuid.uuid4(), "Ask Iker first")
        self.bystander = UserFactory()
        self.decision, other = (
            decide(
                chief,
                one.pk,
                Ruling(
                    measure="warn",
                    facts="You were rude",
                    ground="terms",
                    clause="Be kind",
                    explanation="You weren't",
                ),
            )
            for one in (shopper, self.bystander)
        )
        self.appeal = appeal(self.bystander, other.pk, "It was my sister")
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
        ago = timezone.now() - timedelta(days=2)  # it has been the shopper's turn since
        Conversation.objects.filter(pk=conversation.pk).update(waiting_since=ago)
        self.unsent_of_seller, self.scheduled = (
            uploaded(seller, conversation, PDF) for _ in range(2)
        )
        plan = Plan(
            body="On Monday",
            send_at=timezone.now() + timedelta(days=1),
            only_if_quiet=True,
            files=[self.scheduled.pk],
        )
        schedule(seller, conversation.pk, uuid.uuid4(), plan)

    def everything(self) -> list[Any]:
        """Return everything that an action could change."""
        return [digests(MODELS), list(User.objects.order_by("pk").values_list("pk", "is_active"))]

    def own(self, person: str) -> Message:
        """Return the message from a person's own side."""
        return self.asked if person == "shopper" else self.answered

    def other_sides(self, person: str) -> Message:
        return self.answered if person == "shopper" else self.asked


Act = Callable[[Client, Scene, str], tuple[int, bool]]  # the status, and whether it was done
