"""A ruling: a staff decision before it is stored. Checked here, stored by `actions`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from messaging.models import Decision

Measure, Scope = Decision.Measure, Decision.Scope
SCOPES = {
    Measure.REMOVE: Scope.MESSAGE,
    Measure.REJECT: Scope.MESSAGE,
    Measure.CLOSE: Scope.CONVERSATION,
    Measure.HIDE: Scope.PRODUCT,
}
ENDING = (Measure.LIMIT, Measure.MUTE)  # these always end
TIMED = (*ENDING, Measure.SUSPEND)


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """A decision about a person, and its reasons.

    Args:
        measure: one of `Decision.Measure`.
        ends_at: when a mute, a limit or a suspension ends; None suspends for good.
        facts: what happened. The person reads it, and so does anybody who reads the audit trail.
        ground: one of `Decision.Ground`.
        clause: the law, or the rule of the site.
        explanation: why that applies to the facts.
        source: one of `Decision.Source`; if the decision answers a report, it becomes `report`.
        rule: the name of the shield rule, if the source is one.
        message_id, conversation_id, product_id: what it is about.
        report_id: the report that it answers. It closes all open reports against the same side.
        held_id: the held message that it is about. Of the measures, only `reject` changes it.
        is_found_automatically, is_decided_automatically: what staff did not do themselves.
        seen: the latest decision about the person that the staff member knew; 0 if there was none,
            None to decide in any case.
    """

    measure: str
    facts: str
    ground: str = ""
    clause: str = ""
    explanation: str = ""
    ends_at: datetime | None = None
    source: str = Decision.Source.LOOK
    rule: str = ""
    message_id: int | None = None
    conversation_id: int | None = None
    product_id: int | None = None
    report_id: int | None = None
    held_id: int | None = None
    is_found_automatically: bool = False
    is_decided_automatically: bool = False
    seen: int | None = None


def require_sound(ruling: Ruling) -> None:
    """Check that the measure fits the item and the duration.

    Raises:
        ValidationError: it doesn't fit them.
        ValueError: the measure is unknown.
    """
    measure, now = Measure(ruling.measure), timezone.now()
    if measure == Measure.REMOVE and ruling.message_id is None:
        raise ValidationError({"measure": _("There is no message to remove.")})
    if measure == Measure.REJECT and ruling.held_id is None:
        raise ValidationError({"measure": _("There is no message that waits for delivery.")})
    if measure == Measure.CLOSE and not (ruling.conversation_id or ruling.message_id):
        raise ValidationError({"measure": _("There is no conversation to close.")})
    if measure == Measure.HIDE and ruling.product_id is None:
        raise ValidationError({"measure": _("There is no product to take off sale.")})
    if ruling.ends_at is None:
        if measure in ENDING:
            raise ValidationError({"ends_at": _("Choose until when.")})
    elif measure not in TIMED:
        raise ValidationError({"ends_at": _("This measure has no end.")})
    elif ruling.ends_at <= now:
        raise ValidationError({"ends_at": _("Choose a time in the future.")})
    elif ruling.ends_at > now + timedelta(days=settings.SANCTION_DAYS_MAX):
        text = _("Choose at most %(days)s days.") % {"days": settings.SANCTION_DAYS_MAX}
        raise ValidationError({"ends_at": text})
