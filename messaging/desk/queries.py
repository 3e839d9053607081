"""Queries for the desk."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q
from msgspec import Struct

from messaging import message_extras
from messaging.cases import claims
from messaging.host import host
from messaging.models import (
    Appeal,
    Block,
    Case,
    Conversation,
    Decision,
    File,
    HeldMessage,
    Message,
    Report,
    ShieldRule,
    Side,
)
from messaging.moderation.actions import looked_into
from messaging.reports import queries as reports
from messaging.reports import things
from messaging.trust.queries import Trust, trust_of
from trato.people import Person, is_deleted

COUNTED_MAX = 1000  # cases; the desk says "more" beyond that
REPORTS_SHOWN = 10  # about one item, on its page
CONTEXT_MESSAGES = 8  # of the conversation, including the message that the case is about
CONTEXT_AFTER = 3  # how many of these come after that message


class Counts(Struct):
    """The numbers of open cases, of severe ones among them, and of unclaimed ones."""

    open: int
    severe: int
    free: int


def counts() -> Counts:
    """Count the open cases, each kind up to `COUNTED_MAX`."""
    rows = Case.objects.filter(closed_at=None)
    severe = rows.filter(severity=Case.Severity.SEVERE)
    each = (rows, severe, rows.filter(claims.is_free()))
    return Counts(*(one[:COUNTED_MAX].count() for one in each))


def not_for(actor: Person) -> Q:
    """Return the condition for cases that the actor may not decide, so that others have to."""
    reported = Report.objects.filter(reporter=actor.pk, outcome="").values_list("kind", "about_id")
    own = [f"{kind}:{key}" for kind, key in reported]
    cases = Q(person=actor.pk) | Q(kind=Case.Kind.REPORT, subject__in=own)
    if actor.has_perm("messaging.decide_appeal"):
        decided = Q(decision__decided_by=actor.pk) | Q(decision__report__reporter=actor.pk)
        appeals = Appeal.objects.filter(decided, outcome="").values_list("pk", flat=True)
        cases |= Q(kind=Case.Kind.APPEAL, subject__in=[f"appeal:{key}" for key in appeals])
    else:
        cases |= Q(kind=Case.Kind.APPEAL)
    if not actor.has_perm("messaging.change_shieldrule"):
        cases |= Q(kind=Case.Kind.RULE)
    return cases


@dataclass(frozen=True)
class Past:
    """The known history of a person in a case.

    Args:
        person: the person.
        joined: when the account was created; None if unknown.
        decisions: how many decisions with a measure against the person still stand.
        reported, right: how many of the person's own reports were decided, and how many upheld.
        upheld, dismissed, open: how many reports are about what the person is responsible for.
            Reports count as upheld only while the action is not undone, and as open only if they
            are not set aside.
        rejected: how many of the person's messages were not delivered.
        removed: how many of the person's messages staff have removed.
        blocked: how many shops have blocked the person, plus how many shoppers have blocked one of
            the person's shops.
        trust: how far the person is trusted.
    """

    person: Person
    joined: datetime | None
    decisions: int
    reported: int
    right: int
    upheld: int
    dismissed: int
    open: int
    rejected: int
    removed: int
    blocked: int
    trust: Trust

    @property
    def name(self) -> str:
        """The person's name, even if the account is deleted."""
        return host.display_name(self.person)


def past_of(person: Person) -> Past:
    """Return what the desk shows about a person's past."""
    about = things.against(person).aggregate(
        upheld=Count("pk", filter=reports.upheld()),
        dismissed=Count("pk", filter=Q(outcome=Report.Outcome.DISMISSED)),
        open=Count("pk", filter=Q(outcome="", is_set_aside=False)),
    )
    blocked = Q(consumer=person.pk, side=Side.SELLER)
    blocked |= Q(shop__in=things.owned_shops(person.pk), side=Side.CONSUMER)
    own = Report.objects.filter(reporter=person.pk).exclude(outcome="")
    decided = Decision.objects.filter(person=person.pk, overturned_at=None)
    return Past(
        person=person,
        joined=getattr(person, host.person_joined_field or "", None),
        decisions=decided.exclude(measure=Decision.Measure.DISMISS).count(),
        reported=own.count(),
        right=own.filter(reports.upheld()).count(),
        **about,
        rejected=HeldMessage.objects.filter(
            sender=person.pk, state=HeldMessage.State.REJECTED
        ).count(),
        removed=Message.objects.filter(sender=person.pk, removed_at__isnull=False).count(),
        blocked=Block.objects.filter(blocked).count(),
        trust=trust_of(person),
    )


def people_of(case: Case, about: Sequence[Report]) -> list[Any]:
    """Return the people in a case: whom it is about, and who reported it or is on the other side.

    Args:
        about: the reports that the case is about, if it is about any.
    """
    shopper = case.conversation.consumer if case.conversation else None
    other = about[0].reporter if about else shopper
    people: list[Any] = [case.person] if case.person else []
    if other is not None and other not in people and not is_deleted(other):
        people.append(other)
    return people


def context_of(
    actor: Person, case: Case, about: Message | None = None
) -> tuple[Conversation, list[Message]] | None:
    """Return the messages around a message, or the last ones, if a recorded look permits it.

    Args:
        about: the message that the case is about, if it is about one.

    Returns:
        The case's conversation, and at most `CONTEXT_MESSAGES` of its messages in order.
    """
    if case.conversation_id is None:
        return None
    conversation, look = looked_into(actor, case.conversation_id)
    if look is None:
        return None
    rows = conversation.messages.select_related("sender").filter(created_at__lte=look.created_at)
    if about is not None:
        rows = rows.filter(sequence__lte=about.sequence + CONTEXT_AFTER)
    history = list(rows.order_by("-sequence")[:CONTEXT_MESSAGES])[::-1]
    for row in history:
        row.conversation = conversation
    return conversation, history


def message_of(thing: Mapping[str, Any]) -> Message | None:
    """Return the message that a case is about.

    Args:
        thing: what the case is about, as `thing_of` returns it.
    """
    reports: list[Report] | None = thing.get("reports")
    if reports:
        return reports[0].message
    appeal: Appeal | None = thing.get("appeal")
    return appeal.decision.message if appeal else None


def named(report: Report) -> dict[str, str]:
    """Return the name of a reported product, shop or account, and its URL if it has a page."""
    if not (report.product_id or report.shop_id or report.person_id):
        return {}  # the page shows its text or its conversation
    is_shown = not report.product_id or host.is_available(report.product)
    return {
        "named": things.name_of(report),
        "shown_at": things.url_of(report) if is_shown else "",
    }


def files_of(messages: Iterable[Message]) -> Mapping[int, list[File]]:
    """Return files by message; makes no query if no message has any."""
    keys = [message.pk for message in messages if message.attached]
    return message_extras.files_of(keys) if keys else {}


def thing_of(case: Case) -> dict[str, Any]:
    """Return what a case is about, under its name in the template."""
    kind, _colon, key = case.subject.partition(":")
    row: Any = None
    if kind == "held_message":
        kind, row = "held", HeldMessage.objects.prefetch_related("files").filter(pk=key).first()
    elif kind == "appeal":
        row = Appeal.objects.select_related("decision__person", "decision__message")
        row = row.filter(pk=key).first()
    elif kind == "shieldrule":
        kind, row = "rule", ShieldRule.objects.filter(pk=key).first()
    elif kind in Report.Kind.values:
        rows = Report.objects.filter(kind=kind, about_id=key, is_set_aside=False)
        rows = rows.select_related("reporter", "message").order_by("pk")
        kind, row = "reports", list(rows[:REPORTS_SHOWN])
    return {kind: row}
