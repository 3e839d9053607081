"""Reset a rule that has fallen back to review only."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from messaging.cases import actions as cases
from messaging.cases import claims
from messaging.models import Case, ShieldRule
from trato.audit import queries as audit
from trato.audit.actions import record, require_reason
from trato.errors import AlreadyDone
from trato.people import Person

from . import snapshot

SET_BACK = "shieldrule.set_back"


@transaction.atomic
def set_back(actor: Person, rule_id: int, reason: str) -> ShieldRule:
    """Let a rule take its own action again. Earlier verdicts of staff no longer count.

    Raises:
        AlreadyDone: the rule is not for review only.
        Claimed: somebody else is working on the rule's case.
        PermissionDenied: the actor lacks the permission.
        ValidationError: no reason is given.
        ShieldRule.DoesNotExist: there is no such rule.
    """
    if not (actor.is_active and actor.is_staff and actor.has_perm("messaging.change_shieldrule")):
        raise PermissionDenied("messaging.change_shieldrule")
    reason = require_reason(reason)
    subject = ShieldRule(pk=rule_id).audited_as
    claims.require(actor, Case.Kind.RULE, subject)
    rule = ShieldRule.objects.select_for_update(no_key=True).get(pk=rule_id)
    if not rule.is_review_only:
        before = audit.last(SET_BACK, subject)
        raise AlreadyDone(
            _("This rule is not for review only."),
            before.actor if before else None,
            before.created_at if before else None,
        )
    rule.is_review_only, rule.judged_from = False, timezone.now().date()
    rule.save(update_fields=["is_review_only", "judged_from"])
    record(actor, SET_BACK, subject, reason)
    cases.close_case(Case.Kind.RULE, subject)
    transaction.on_commit(snapshot.forget)
    return rule
