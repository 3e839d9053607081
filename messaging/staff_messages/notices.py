"""Notifications of staff messages. They link to the message but don't quote it."""

from django.conf import settings
from django.utils.translation import gettext as _

from messaging.host import host
from messaging.models import STAFF_MESSAGE_KIND, Conversation, StaffMessage, conversation_url
from notifications import actions as notifications
from notifications.models import News
from notifications.words import Words
from trato.people import Person


def notify(conversation: Conversation, row: StaffMessage) -> None:
    """Notify the shopper and every member of the shop, no matter what they have muted."""
    sides = (
        (None, {conversation.consumer_id}),
        (conversation.shop_id, {*host.members_of(conversation.shop_id)}),
    )
    for team_id, recipients in sides:
        notifications.notify(
            recipients,
            subject_kind=STAFF_MESSAGE_KIND,
            subject_id=row.pk,
            title=conversation.product_title or conversation.shop_name,
            excerpt="",
            url=f"{conversation_url(conversation.pk)}#staff-message-{row.pk}",
            team_id=team_id,
        )


def withdraw(row: StaffMessage) -> None:
    """Delete the notices of a message that was taken back."""
    notifications.forget(STAFF_MESSAGE_KIND, [row.pk])


def mark_read(actor: Person, keys: list[int]) -> None:
    """Mark a person's notices about staff messages as read, in all tabs."""
    notifications.mark_many_read(actor, subject_kind=STAFF_MESSAGE_KIND, subject_ids=keys)


def staff_message_words(news: News) -> Words:
    """Return the text of a notice that staff have written."""
    title = _("%(site)s's staff wrote to you") % {"site": settings.SITE_NAME}
    text = _("It's in your conversation about “%(about)s”.") % {"about": news.title}
    return Words(title, text, icon="shield")
