"""Start and stop dry runs, and read messages that a run has found."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from messaging.due import loop
from messaging.models import DryRun, ShieldRule
from messaging.moderation import actions as moderation
from trato import rate_limits
from trato.audit.actions import record, require_permission, require_reason
from trato.errors import AlreadyDone
from trato.people import Person, lock_person
from trato.retention import ago

from . import queries

MAY_RUN = "messaging.add_dryrun"
MAY_READ = "messaging.look_into_conversation"
# A rule's fields that affect its decisions, and its name for the run.
COPIED = (
    "name", "detector", "pattern", "language", "side", "relationship", "account_days", "category",
    "action",
)  # fmt: skip
State = DryRun.State


@rate_limits.given_back_on_failure
@transaction.atomic
def start(actor: Person, rule: ShieldRule) -> DryRun:
    """Try a rule on the messages of the last `RULE_LAB_DAYS`, in the background.

    The audit trail records what the rule looks for, because a pattern can look for anything.

    Args:
        rule: a valid one; saved or not, on or off.

    Raises:
        PermissionDenied: the actor lacks the permission.
        Refused: `rate_limited` after too many runs.
        ValidationError: another run of the actor is under way.
    """
    require_permission(actor, MAY_RUN)
    lock_person(actor.pk)  # a second click waits, and then finds the run of the first
    if DryRun.objects.filter(asked_by=actor.pk, state=State.WAITING).exists():
        raise ValidationError(_("Your other dry run is still under way. Wait for it, or stop it."))
    rate_limits.hit("RULE_LAB_RUNS_PER_DAY", actor.pk)
    values: dict[str, Any] = {name: getattr(rule, name) for name in COPIED}
    run = DryRun.objects.create(
        rule_id=rule.pk,
        values=values,
        asked_by_id=actor.pk,
        since=ago(days=settings.RULE_LAB_DAYS),
    )
    named = "; ".join(f"{name}: {value}" for name, value in values.items() if value)
    record(actor, "dryrun.started", run.audited_as, named)
    transaction.on_commit(loop.wake)
    return run


@transaction.atomic
def stop(actor: Person, run_id: int) -> DryRun:
    """Stop a dry run early, and delete its counts.

    Raises:
        AlreadyDone: it has already ended.
        PermissionDenied: the actor lacks the permission.
        DryRun.DoesNotExist: there is no such run.
    """
    require_permission(actor, MAY_RUN)
    run = DryRun.objects.select_for_update(no_key=True).get(pk=run_id)
    if run.state != State.WAITING:
        raise AlreadyDone(_("This dry run has already ended."))
    run.state, run.ended_at, run.hit_counts = State.STOPPED, timezone.now(), {}
    run.save(update_fields=["state", "ended_at", "hit_counts"])
    record(actor, "dryrun.stopped", run.audited_as)
    return run


@transaction.atomic
def look_at_samples(actor: Person, run_id: int, reason: str) -> int:
    """Open the conversations that a run's samples come from, so that the actor can read them.

    Record one audit entry for each conversation; both sides can later see that staff looked.

    Returns:
        The number of conversations.

    Raises:
        PermissionDenied: the actor lacks a permission.
        ValidationError: no reason is given.
        DryRun.DoesNotExist: there is no such run.
    """
    require_permission(actor, MAY_READ, "messaging.view_dryrun")
    reason = require_reason(reason)
    conversations = queries.conversations_of(DryRun.objects.get(pk=run_id))
    for conversation_id in conversations:
        moderation.look(actor, conversation_id, reason)
    return len(conversations)
