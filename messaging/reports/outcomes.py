"""The outcomes of people's own reports. They never say who decided."""

from django.conf import settings
from django.utils.translation import gettext as _

from messaging.models import Report

from . import things

RECEIVED, ACTED, NOTHING = "received", "acted", "nothing"


def code_of(report: Report) -> str:
    """Return the outcome of a report: `RECEIVED`, one of `Report.Done`, `ACTED` or `NOTHING`."""
    if not report.outcome:
        return RECEIVED
    return report.done or (ACTED if report.outcome == Report.Outcome.UPHELD else NOTHING)


def title_of(code: str) -> str:
    if code == RECEIVED:
        return _("We've received your report")
    return _("We've looked at your report")


def text_of(kind: str, name: str, code: str) -> str:
    """Return a code as a sentence, in the reader's language."""
    if kind == Report.Kind.MESSAGE and code in _MESSAGES:
        return _MESSAGES[code]() % {"about": name}
    texts = {
        RECEIVED: _(
            "It is about %(what)s. Our staff will look at it and tell you what they decide."
        ),
        Report.Done.REMOVED: _("We removed %(what)s."),
        Report.Done.HIDDEN: _("We took %(what)s off sale."),
        Report.Done.SUSPENDED: _(
            "We suspended the account behind %(what)s. It can no longer be used."
        ),
        Report.Done.RESTORED: _(
            "We took action because of your report about %(what)s. We've looked at it again since, "
            "and took that back."
        ),
        ACTED: _("We took action because of your report about %(what)s."),
        NOTHING: _("We looked at %(what)s and found nothing against our rules."),
    }
    return texts[code] % {"what": things.what(kind, name)}


_MESSAGES = {
    Report.Done.RESTORED: lambda: _(
        "You reported a message in the conversation about “%(about)s”, and we took action. "
        "We've looked at it again since, and took that back."
    ),
    Report.Done.REMOVED: lambda: _(
        "The message you reported in the conversation about “%(about)s” was removed."
    ),
    ACTED: lambda: _("We took action because of your report about the conversation “%(about)s”."),
    NOTHING: lambda: _(
        "We found nothing against our rules in the message you reported in the conversation "
        "about “%(about)s”."
    ),
}


def objection() -> str:
    """Return how to object to a decision."""
    if settings.SUPPORT_EMAIL:
        text = _("If you think this is a mistake, write to %(address)s.")
        return text % {"address": settings.SUPPORT_EMAIL}
    return _("If you think this is a mistake, contact support.")
