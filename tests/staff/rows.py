"""Rows for staff's lists."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group

from accounts.factories import UserFactory
from catalog.factories import ProductFactory
from messaging.factories import (
    ConversationFactory,
    MessageFactory,
    ParticipantFactory,
    ReportFactory,
)
from messaging.models import Export, Nudge
from notifications.factories import NotificationFactory
from trato.audit import actions as audit


def fill(times: int) -> None:
    """Create this many rows of everything that the admin shows, each with its own people."""
    for number in range(times):
        message = MessageFactory(
            conversation=ConversationFactory(consumer=UserFactory(), product=ProductFactory())
        )
        person = message.sender
        ReportFactory(reporter=UserFactory(), message=message)
        ParticipantFactory(conversation=message.conversation)
        Export.objects.create(conversation=message.conversation, owner=person)
        Nudge.objects.create(
            conversation=message.conversation,
            side=message.side,
            sender=person,
            sent_at=message.created_at,
        )
        audit.record(UserFactory(staff=True), "user.suspended", f"user:{person.pk}", "Scam")
        NotificationFactory(recipient=person, news__subject_id=number)
        EmailAddress.objects.create(user=person, email=person.email)
        Authenticator.objects.create(user=person, type="totp", data={"secret": "OPENSESAME"})
        UserSession.objects.create(
            user=person, session_key=f"hijack-{person.pk}", ip="127.0.0.1", user_agent="x"
        )
        Group.objects.create(name=f"Group of {person.pk}")
