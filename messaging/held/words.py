"""Why a message was not delivered, in words for its sender."""

from django.utils.translation import gettext as _

from messaging.models import Report


def why(rule: str) -> str:
    """Return which rule a message broke, one of `Report.Reason`, as a sentence.

    Args:
        rule: empty if no person has decided: there is a block, or the conversation has ended.
    """
    if not rule:
        return _("This message could not be delivered.")
    reasons = {
        Report.Reason.SCAM: _("It looked like an attempt at fraud."),
        Report.Reason.OFF_PLATFORM: _("It asked to pay or talk somewhere else."),
        Report.Reason.ABUSE: _("It contained insults or threats."),
        Report.Reason.SPAM: _("It was advertising or spam."),
        Report.Reason.CHILD_SAFETY: _("It endangered children."),
        Report.Reason.ILLEGAL: _("It was against the law."),
    }
    return reasons.get(Report.Reason(rule), _("It was against our rules."))


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
