"""Create rows for staff lists."""

from datetime import date, timedelta
from uuid import uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.factories import UserFactory
from catalog.factories import ProductFactory
from messaging.factories import (
    ConversationFactory,
    MessageFactory,
    ParticipantFactory,
    ReportFactory,
)
from messaging.models import (
    Appeal,
    Block,
    Case,
    Decision,
    DryRun,
    Export,
    HeldMessage,
    LinkHost,
    ModerationMonth,
    MutedReporter,
    Nudge,
    Objection,
    PersonTrust,
    Recall,
    ShieldRule,
    StaffMessage,
)
from notifications.factories import AnnouncementFactory, NotificationFactory
from trato.audit import actions as audit


def fill(times: int) -> None:
    """Create this many rows of everything that the admin shows, each with its own people."""
    for number in range(times):
        message = MessageFactory(
            conversation=ConversationFactory(consumer=UserFactory(), product=ProductFactory())
        )
        person = message.sender
        ReportFactory(reporter=UserFactory(), message=message)
        conversation = message.conversation
        for thing in (
            {"conversation": conversation},
            {"product": conversation.product},
            {"shop": conversation.shop},
            {"person": person},
        ):
            ReportFactory(reporter=conversation.consumer, **thing)
        ReportFactory(
            shop=conversation.shop, visitor_name="Vera", visitor_email=f"vera{number}@example.com"
        )
        MutedReporter.objects.create(user=conversation.consumer)
        PersonTrust.objects.create(user=person, status="watched")
        ParticipantFactory(conversation=message.conversation)
        Block.objects.create(
            consumer=person, shop=message.conversation.shop, side=message.side, by=person
        )
        HeldMessage.objects.create(
            conversation=message.conversation,
            sender=person,
            side=message.side,
            client_id=uuid4(),
            body="Held words",
            reason="rule",
        )
        Case.objects.create(
            kind=Case.Kind.REPORT,
            subject=f"message:{message.pk}",
            conversation=message.conversation,
            person=person,
        )
        LinkHost.objects.create(host=f"h{message.pk}.example", action=LinkHost.Action.BLOCK)
        Export.objects.create(conversation=message.conversation, owner=person)
        StaffMessage.objects.create(
            conversation=conversation, author=UserFactory(), client_id=uuid4(), body="Stay"
        )
        Nudge.objects.create(
            conversation=message.conversation,
            side=message.side,
            sender=person,
            sent_at=message.created_at,
        )
        decision = Decision.objects.create(
            person=person,
            message=message,
            measure="remove",
            scope="message",
            facts="You wrote it",
            source="look",
            ground="terms",
            clause="Be kind",
            explanation="It was not",
            appeal_until=timezone.now() + timedelta(days=1),
            decided_by=UserFactory(staff=True),
        )
        Appeal.objects.create(decision=decision, words="It was")
        Recall.objects.create(
            message=message, messages=1, senders=1, warned=0, made_by=decision.decided_by
        )
        rule = ShieldRule.objects.create(
            name=f"rule-{ShieldRule.objects.count()}", pattern=f"onlyfans{number}"
        )
        rule.days.create(day=message.created_at.date(), hits=number)
        Objection.objects.create(
            rule=rule,
            conversation=message.conversation,
            sender=person,
            client_id=message.client_id,
            kind=rule.name,
            outcome=Objection.Outcome.SENT,
        )
        DryRun.objects.create(
            rule=rule,
            values={"name": rule.name, "pattern": rule.pattern, "action": "hold"},
            asked_by=UserFactory(staff=True),
            since=timezone.now(),
        )
        ModerationMonth.objects.create(
            month=date(2000 + ModerationMonth.objects.count(), 1, 1), figures={}
        )
        audit.record(UserFactory(staff=True), "user.suspended", f"user:{person.pk}", "Scam")
        NotificationFactory(recipient=person, news__subject_id=number)
        AnnouncementFactory(sent=True)
        EmailAddress.objects.create(user=person, email=person.email)
        Authenticator.objects.create(user=person, type="totp", data={"secret": "OPENSESAME"})
        UserSession.objects.create(
            user=person, session_key=f"hijack-{person.pk}", ip="127.0.0.1", user_agent="x"
        )
        Group.objects.create(name=f"Group of {person.pk}")
