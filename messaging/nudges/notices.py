"""Notices of reminders. The bell shows them, and no conversation badge counts them."""

from collections.abc import Collection

from django.utils.translation import gettext as _

from messaging.host import host
from messaging.models import NUDGE_KIND, Conversation, Side, conversation_url
from notifications import actions as notifications
from notifications.models import News
from notifications.words import Words
from trato.people import Person


def notify(conversation: Conversation, side: Side, recipients: Collection[int]) -> None:
    """Notify the people on the other side; a later reminder replaces an earlier one.

    Args:
        side: the side that sends the reminder.
    """
    notifications.notify(
        recipients,
        subject_kind=NUDGE_KIND,
        subject_id=conversation.pk,
        title=conversation.counterpart_of(side.other),
        excerpt=conversation.product_title or host.shop_name(conversation.shop),
        url=conversation_url(conversation.pk),
        team_id=conversation.shop_id if side is Side.CONSUMER else None,
    )


def mark_read(actor: Person, conversation_id: int) -> None:
    """Mark the notice about a conversation as read."""
    notifications.mark_read(actor, subject_kind=NUDGE_KIND, subject_id=conversation_id)


def mark_read_by_all(side: Side, conversation_ids: Collection[int]) -> None:
    """Mark the notices about conversations as read for everybody.

    Args:
        side: the side that sent the reminders.
    """
    notifications.mark_read_by_all(NUDGE_KIND, conversation_ids, is_team=side is Side.CONSUMER)


def nudge_words(news: News) -> Words:
    """Return the text of a notice that the other side is waiting for an answer."""
    title = _("%(name)s sent you a reminder") % {"name": news.title}
    text = _("They're waiting for your answer about “%(about)s”.") % {"about": news.excerpt}
    return Words(title, text, icon="clock")
