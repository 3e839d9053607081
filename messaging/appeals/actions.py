"""Appeal against a decision, and decide appeals. Each staff action leaves one audit entry."""

from collections.abc import Collection, Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.text import normalize_newlines
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from messaging.cases import actions as cases
from messaging.cases import claims
from messaging.decisions import actions as decisions
from messaging.decisions import measures
from messaging.decisions.statement import require_no_gap
from messaging.deletion import forget_if_deleted
from messaging.models import Appeal, Case, Decision
from trato.array_parameters import listed
from trato.audit.actions import record, require_permission, require_reason
from trato.errors import AlreadyDone, Refused
from trato.people import Person, is_deleted
from trato.text import has_control_characters, is_blank

from . import notices
from .models import subject_of

WORDS_MAX = Appeal._meta.get_field("words").max_length or 0
VERBS = {Appeal.Outcome.UPHELD: "confirmed", Appeal.Outcome.OVERTURNED: "overturned"}


@transaction.atomic
def appeal(actor: Person, decision_id: int, words: str) -> Appeal:
    """Appeal once against a decision about the actor. Suspended people can do so, too.

    Sending the same text again returns the first appeal.

    Raises:
        Http404: there is no such decision about the person.
        Refused: `invalid` or `too_long` for the text, `forbidden` after the deadline or once the
            decision is overturned, `conflict` if the person has appealed with a different text.
    """
    rows = Decision.objects.select_for_update(of=("self",), no_key=True)
    decision = rows.filter(pk=decision_id, person_id=actor.pk, appeal_until__isnull=False).first()
    if decision is None:
        raise Http404("no such decision about this person")
    words = normalize_newlines(words).strip()
    earlier = Appeal.objects.filter(decision=decision).first()
    if earlier is not None:
        if earlier.words != words:
            raise Refused("conflict", _("You've already appealed against this decision."))
        return earlier
    _require_words(words)
    if not decision.may_be_appealed(timezone.now()):
        raise Refused("forbidden", _("The time to appeal against this decision is over."))
    row = Appeal.objects.create(decision=decision, words=words)
    cases.open_case(
        Case.Kind.APPEAL,
        row.subject,
        severity=Case.Severity.HIGH,
        conversation_id=decision.conversation_id,
        person_id=actor.pk,
    )
    return row


@transaction.atomic
def decide(actor: Person, appeal_id: int, outcome: str, answer: str) -> Appeal:
    """Uphold a decision, or overturn it and undo everything it did. The person is notified.

    Args:
        outcome: one of `Appeal.Outcome`.
        answer: the text for the person; required for upholding.

    Raises:
        AlreadyDone: somebody has already decided the appeal.
        Claimed: somebody else is working on its case.
        PermissionDenied: the actor lacks the permission or is involved, see `may_decide`.
        ValidationError: the answer is missing, or has an unfilled placeholder.
        ValueError: the outcome is unknown.
        Appeal.DoesNotExist: there is no such appeal.
    """
    require_permission(actor, "messaging.decide_appeal")
    chosen = Appeal.Outcome(outcome)
    together = _lock_together(actor, appeal_id) if chosen == Appeal.Outcome.OVERTURNED else []
    claims.require(actor, Case.Kind.APPEAL, subject_of(appeal_id))
    rows = Appeal.objects.select_for_update(of=("self",))
    row = rows.select_related("decision__person").get(pk=appeal_id)
    decision = row.decision
    if not may_decide(actor, decision):
        raise PermissionDenied("decided by the same person")
    if row.outcome:
        text = gettext("This appeal has already been decided.")
        raise AlreadyDone(text, row.decided_by, row.decided_at)
    if chosen == Appeal.Outcome.UPHELD or not is_blank(answer):
        answer = require_reason(answer)
        require_no_gap(answer)
    row.outcome, row.answer = chosen, answer
    row.decided_by_id, row.decided_at = actor.pk, timezone.now()
    decisions.require_short(row, "answer")
    if chosen == Appeal.Outcome.OVERTURNED:
        decisions.overturn(actor, decision)
        close_undone(actor, together, row.subject)
    if not is_deleted(decision.person):
        notices.notify(row)
    row.save(update_fields=["outcome", "answer", "decided_by", "decided_at"])
    record(actor, f"appeal.{VERBS[chosen]}", row.subject, answer)
    forget_if_deleted(decision.person)
    cases.close_case(Case.Kind.APPEAL, row.subject)
    if chosen == Appeal.Outcome.OVERTURNED:
        decisions.count_overturned(decision)
    return row


def _lock_together(actor: Person, appeal_id: int) -> list[Appeal]:
    """Lock the other open appeals against decisions that stand or fall with the appealed one."""
    decision = Appeal.objects.select_related("decision").get(pk=appeal_id).decision
    keys = [decision.pk, *measures.together(decision).values_list("pk", flat=True)]
    if len(keys) == 1:
        return []
    return [row for row in lock_open(actor, keys) if row.pk != appeal_id]


def lock_open(actor: Person, decision_ids: Collection[int]) -> list[Appeal]:
    """Lock the open appeals against decisions that are about to be undone, and their cases.

    Raises:
        Claimed: somebody else is working on one of the cases.
    """
    rows = Appeal.objects.filter(decision__in=listed(decision_ids), outcome="").order_by("pk")
    for row in rows:
        claims.require(actor, Case.Kind.APPEAL, row.subject)
    locked = rows.select_for_update(of=("self",)).select_related("decision__person")
    return list(locked)


def close_undone(actor: Person, rows: Iterable[Appeal], reason: str) -> None:
    """Close appeals whose decisions another action has undone. Each leaves an audit entry.

    Args:
        rows: as `lock_open` returned them.
    """
    for row in rows:
        row.outcome = Appeal.Outcome.OVERTURNED
        row.decided_by_id, row.decided_at = actor.pk, timezone.now()
        if not is_deleted(row.decision.person):
            notices.notify(row)
        row.save(update_fields=["outcome", "decided_by", "decided_at"])
        record(actor, "appeal.overturned", row.subject, reason)
        forget_if_deleted(row.decision.person)
        cases.close_case(Case.Kind.APPEAL, row.subject)


def may_decide(actor: Person, decision: Decision) -> bool:
    """Whether the actor may decide an appeal against a decision.

    Not if it is about the actor, or if the actor made it or filed the report that it answers.
    """
    may = actor.is_active and actor.is_staff and actor.has_perm("messaging.decide_appeal")
    reporter = decision.report.reporter_id if decision.report else None
    return may and actor.pk not in (decision.decided_by_id, decision.person_id, reporter)


def _require_words(words: str) -> None:
    if is_blank(words):
        raise Refused("invalid", _("Say why you think the decision is wrong."))
    if len(words) > WORDS_MAX:
        raise Refused("too_long", _("That is too long for an appeal. Please shorten it."))
    if has_control_characters(words, allowed="\n\t"):
        raise Refused("invalid", _("The text contains characters that can't be shown."))
