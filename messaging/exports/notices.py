"""Notifications that an export is ready, or couldn't be prepared."""

from django.urls import reverse
from django.utils.translation import gettext as _

from messaging.models import EXPORT_KIND, Conversation, Export, Side
from notifications import actions as notifications
from notifications.models import News
from notifications.words import Words


def notify(export: Export, conversation: Conversation | None) -> None:
    """Notify the owner that an export is ready, or has failed.

    People who leave the shop no longer see the notices of its conversations' exports.

    Args:
        conversation: None for an export of everything.
    """
    if conversation is None:
        notifications.notify(
            [export.owner_id],
            subject_kind=EXPORT_KIND,
            subject_id=export.pk,
            title="",
            excerpt=export.state,
            url=reverse("messaging:data"),
        )
        return
    side = conversation.side_of(export.owner_id)
    notifications.notify(
        [export.owner_id],
        subject_kind=EXPORT_KIND,
        subject_id=export.pk,
        title=conversation.counterpart_of(side),
        excerpt=export.state,
        url=reverse("messaging:export", args=[conversation.pk]),
        team_id=conversation.shop_id if side is Side.SELLER else None,
    )


def export_words(news: News) -> Words:
    """Return the text of a notice that an export is ready, or has failed."""
    name = {"name": news.title}
    if news.excerpt == Export.State.READY:
        title = _("Your download is ready")
        text = _("The conversation with %(name)s. The link works for a day.")
        if not news.title:
            text = _("All your data. The link works for a day.")
    else:
        title = _("Your download couldn't be prepared")
        text = _("The conversation with %(name)s. Please try again.")
        if not news.title:
            text = _("All your data. Please try again.")
    return Words(title, text % name, icon="download")
