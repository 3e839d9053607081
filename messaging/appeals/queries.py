"""The decisions about a person, as the person may read them: never who decided."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from messaging.decisions import statement
from messaging.decisions.statement import Statement
from messaging.models import Appeal, Decision
from trato.pagination import Cursor, Page, PageRequest, ordered, page

RELATED = ("message__conversation__shop", "conversation__shop", "product", "appeal")


@dataclass(frozen=True)
class Standing:
    """A decision as shown to the person it is about.

    Args:
        appeal: the person's appeal, if there is one.
        may_appeal: whether the person can still appeal.
    """

    decision: Decision
    statement: Statement
    appeal: Appeal | None
    may_appeal: bool

    @property
    def effect(self) -> str:
        """What the decision now means for the person; once overturned, only what it was about."""
        decision = self.decision
        if decision.overturned_at is None:
            return self.statement.effect
        return statement.named(Decision.Measure(decision.measure), statement.about(decision))

    @property
    def conversation_id(self) -> int | None:
        """The conversation that the decision is about, if the person can open it from here."""
        message = self.decision.message
        return message.conversation_id if message else self.decision.conversation_id


def page_of(person_id: int, wanted: PageRequest) -> Page[Any]:
    """Return a page of the decisions about a person, newest first."""

    def read(start: PageRequest, limit: int) -> list[Any]:
        return list(ordered(decisions_about(person_id), start, time="created_at")[:limit])

    size = settings.CONVERSATION_PAGE_SIZE
    return page(read, lambda row: Cursor(row.created_at, row.pk), wanted, size)


def decisions_about(person_id: int) -> QuerySet[Decision]:
    """Return the decisions that a person may read: all that imposed a measure."""
    rows = Decision.objects.filter(person=person_id, appeal_until__isnull=False)
    return rows.select_related(*RELATED)


def standing_of(decision: Decision) -> Standing:
    """Return what the person sees of a decision."""
    appeal = getattr(decision, "appeal", None)
    may_appeal = appeal is None and decision.may_be_appealed(timezone.now())
    return Standing(decision, statement.statement_of(decision), appeal, may_appeal)
