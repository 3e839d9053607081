"""Find out how far a person is trusted."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils import timezone

from messaging.host import host
from messaging.models import Conversation, Decision, Message, PersonTrust, Side
from trato.people import Person

Status = PersonTrust.Status


@dataclass(frozen=True)
class Trust:
    """A person's trust level, and whether staff have set it."""

    status: Status
    is_set: bool

    @property
    def label(self) -> str:
        return str(self.status.label)


def trust_of(person: Person) -> Trust:
    """Return the trust that staff have set for a person, or that the person has earned."""
    row = PersonTrust.objects.filter(user=person.pk).first()
    return Trust(Status(row.status), True) if row else Trust(earned(person), False)


def earned(person: Person) -> Status:
    """Return how far a person is trusted if staff have set nothing.

    An account is known good once it is old enough, enough shops have answered it, and no decision
    against it stands. It counts shops rather than conversations, so that one cooperating shop can't
    make somebody known good.
    """
    age = age_of(person)
    if age is None:
        return Status.ORDINARY
    if age < timedelta(days=settings.TRUST_NEW_DAYS):
        return Status.NEW
    if age < timedelta(days=settings.TRUST_GOOD_DAYS) or _is_decided_against(person):
        return Status.ORDINARY
    # One answer each is enough: a join would read all messages of these conversations.
    answers = Message.objects.filter(
        conversation=OuterRef("pk"), side=Side.SELLER, is_automatic=False
    )
    answered = Conversation.objects.filter(Exists(answers), consumer=person.pk)
    shops = answered.order_by().values("shop").distinct()[: settings.TRUST_GOOD_SHOPS]
    return Status.KNOWN_GOOD if len(shops) >= settings.TRUST_GOOD_SHOPS else Status.ORDINARY


def age_of(person: Any) -> timedelta | None:
    """Return how old a person's account is; None if unknown. Makes no query."""
    joined = getattr(person, host.person_joined_field or "", None)
    return None if joined is None else timezone.now() - joined


def _is_decided_against(person: Person) -> bool:
    rows = Decision.objects.filter(person=person.pk, overturned_at=None)
    return rows.exclude(measure=Decision.Measure.DISMISS).exists()
