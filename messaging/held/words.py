"""Why a message was not delivered, in words for its sender."""

from django.utils.translation import gettext as _

from messaging.models import Report


def why_hidden(rule: str) -> str:
    """Return which rule a product broke, one of `Report.Reason`, as a sentence."""
    reasons = {
        Report.Reason.SCAM: _("It looked like an attempt at fraud."),
        Report.Reason.COUNTERFEIT: _("It looked like a counterfeit, or like somebody else's work."),
        Report.Reason.FORBIDDEN: _("Things like it must not be sold here."),
        Report.Reason.MISLEADING: _("It wasn't what the page said."),
        Report.Reason.CHILD_SAFETY: _("It endangered children."),
        Report.Reason.ILLEGAL: _("It was against the law."),
    }
    return reasons.get(Report.Reason(rule), _("It was against our rules."))
