"""Count how often staff agree with a rule. One that they overturn too often is for review only.

Staff then still look at what the rule finds, but it no longer refuses messages or asks writers to
remove text. `messaging.decisions` and `messaging.review` call this when staff decide.
"""

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from messaging.cases import actions as cases
from messaging.models import Case, HeldMessage, RuleDay, ShieldRule
from trato.audit.actions import record

from . import hits

REVIEW_ONLY = "shieldrule.fell_back"  # a verb of the audit trail


def confirm(name: str) -> None:
    """Count that staff agreed with a rule, in the transaction of their decision.

    Args:
        name: the rule's, as in `HeldMessage.reason`. An empty name is ignored, and so is one that
            no rule has any more.
    """
    _count(name, judged=1)


def overturn(name: str, *, counted_on: date | None = None) -> None:
    """Count that staff disagreed with a rule, in the transaction of their decision.

    Args:
        name: see `confirm`.
        counted_on: the day for which the first decision, now overturned, was counted.
    """
    _count(name, judged=0 if counted_on else 1, overturned=1, day=counted_on)


def judge(held: HeldMessage, *, is_wrong: bool) -> None:
    """Count whether the rule that held a message was wrong, in the transaction of the decision.

    A message counts once, on the day when staff first judged it, even if they change their minds.

    Args:
        held: the message, whose conversation the caller has locked.
    """
    row = HeldMessage.objects.only("judged_on", "is_overturned").get(pk=held.pk)
    day = row.judged_on or timezone.now().date()
    HeldMessage.objects.filter(pk=held.pk).update(judged_on=day, is_overturned=is_wrong)
    _count(
        held.reason,
        judged=0 if row.judged_on else 1,
        overturned=int(is_wrong) - int(row.is_overturned),
        day=day,
    )


@transaction.atomic
def _count(name: str, *, judged: int, overturned: int = 0, day: date | None = None) -> None:
    if not name:
        return
    # Under the rule's lock, so that the second of two simultaneous decisions sees the first.
    rule = ShieldRule.objects.select_for_update(no_key=True).filter(name=name).first()
    if rule is None:
        return
    numbers = {"judged": judged, "overturned": overturned}
    hits.add(rule.pk, day or timezone.now().date(), **numbers)
    _fall_back_if_due(rule)


def _fall_back_if_due(rule: ShieldRule) -> None:
    judged, overturned = judged_lately(rule)
    is_too_often = overturned >= settings.RULE_OVERTURN_SHARE * judged
    if rule.is_review_only or judged < settings.RULE_OVERTURN_LEAST or not is_too_often:
        return
    rule.is_review_only = True
    rule.save(update_fields=["is_review_only"])
    record(None, REVIEW_ONLY, rule.audited_as, f"{overturned}/{judged}")
    cases.open_case(Case.Kind.RULE, rule.audited_as, severity=Case.Severity.HIGH)


def judged_lately(rule: ShieldRule) -> tuple[int, int]:
    """Return how often staff judged a rule as it is now, and how often they overturned it.

    Count the last `RULE_OVERTURN_DAYS`, but only since somebody changed or reset the rule.
    """
    first = timezone.now().date() - timedelta(days=settings.RULE_OVERTURN_DAYS)
    days = RuleDay.objects.filter(rule=rule, day__gt=max(first, rule.judged_from or first))
    sums = days.aggregate(judged=Sum("judged"), overturned=Sum("overturned"))
    return sums["judged"] or 0, sums["overturned"] or 0
