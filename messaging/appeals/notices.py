"""Notifications about the outcome of an appeal. They never say who decided."""

from django.utils.translation import gettext as _

from messaging.decisions import notices as decisions
from messaging.decisions import statement
from messaging.models import APPEAL_KIND, Appeal
from notifications import actions as notifications
from notifications.models import News
from notifications.words import Words


def notify(appeal: Appeal) -> None:
    """Notify the person who appealed."""
    notifications.notify(
        [appeal.decision.person_id],
        subject_kind=APPEAL_KIND,
        subject_id=appeal.pk,
        title=statement.about(appeal.decision),
        excerpt=appeal.outcome,
        url=decisions.address(appeal.decision_id),
    )


def appeal_words(news: News) -> Words:
    """Return the text that tells a person the outcome of their appeal."""
    if news.excerpt == Appeal.Outcome.OVERTURNED:
        text = _("You were right: we've taken our decision back, and undone what it did.")
    else:
        text = _("Somebody else looked at it again, and our decision stays. Read why.")
    return Words(_("We've decided your appeal"), text)
