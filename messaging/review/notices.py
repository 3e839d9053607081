"""Notices to people whose held messages were rejected. They never say who decided."""

from django.conf import settings
from django.utils.translation import gettext as _

from messaging.held.words import why
from messaging.host import host
from messaging.models import HeldMessage, Side
from notifications import actions as notifications
from notifications.models import News
from notifications.words import Words

HELD_KIND = "held"  # the subject is a held message


def notify_sender(row: HeldMessage) -> None:
    """Notify the sender of a rejected message, and why."""
    conversation = row.conversation
    notifications.notify(
        [row.sender_id],
        subject_kind=HELD_KIND,
        subject_id=row.pk,
        title=conversation.product_title or host.shop_name(conversation.shop),
        excerpt=row.rule,
        url=f"{conversation.get_absolute_url()}#held",
        team_id=conversation.shop_id if row.side == Side.SELLER else None,
    )


def held_words(news: News) -> Words:
    """Return what the sender of a rejected message reads: why, and how to object."""
    what = _("You wrote it in the conversation about “%(about)s”.")
    if settings.SUPPORT_EMAIL:
        objection = _("If you think this is a mistake, write to %(address)s.")
    else:
        objection = _("If you think this is a mistake, contact support.")
    return Words(
        _("We didn't deliver your message"),
        " ".join([what, why(news.excerpt), objection])
        % {"about": news.title, "address": settings.SUPPORT_EMAIL},
    )
