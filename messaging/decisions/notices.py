"""Notifications about decisions. They never say who decided; the decision's page says why."""

from django.urls import reverse
from django.utils.translation import gettext as _

from messaging.models import DECISION_KIND, Decision
from notifications import actions as notifications
from notifications.models import News
from notifications.words import Words

from . import statement

UNDONE = "undone"


def notify(decision: Decision) -> None:
    """Notify the person of a decision about them.

    Raises:
        ValidationError: the notice has an unfilled placeholder.
    """
    statement.require_complete(decision)
    notifications.notify(
        [decision.person_id],
        subject_kind=DECISION_KIND,
        subject_id=decision.pk,
        title=statement.about(decision),
        excerpt=decision.measure,
        url=address(decision.pk),
    )


def notify_undone(decision: Decision) -> None:
    """Notify the person that staff have undone a decision, without an appeal."""
    notifications.notify(
        [decision.person_id],
        subject_kind=DECISION_KIND,
        subject_id=decision.pk,
        title=statement.about(decision),
        excerpt=UNDONE,
        url=address(decision.pk),
    )


def address(decision_id: int) -> str:
    """Return the URL of a decision on its person's page."""
    return reverse("messaging:standing_of", args=[decision_id])


def decision_words(news: News) -> Words:
    """Return the notification's text: what was decided, and where to read why."""
    if news.excerpt == UNDONE:
        text = _("It no longer counts, and what it did is undone.")
        return Words(_("We've taken a decision about you back"), text)
    title = str(statement.TITLES[Decision.Measure(news.excerpt)])
    text = _("Read why, how long it holds and how to appeal.")
    if about := statement.named(Decision.Measure(news.excerpt), news.title):
        text = f"{about} {text}"
    return Words(title, text)
