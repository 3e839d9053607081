"""Notices of mentions. People see them only while they are members of the shop."""

from django.utils.translation import gettext as _

from messaging.body import excerpt
from messaging.models import MENTION_KIND, Note, conversation_url
from notifications import actions as notifications
from notifications.models import News
from notifications.words import Words


def notify_mentioned(note: Note) -> None:
    """Notify the colleagues whom a note mentions. Each note is its own subject."""
    notifications.notify(
        note.mentions,
        subject_kind=MENTION_KIND,
        subject_id=note.pk,
        title=note.author_name,
        excerpt=excerpt(note.body),
        url=f"{conversation_url(note.conversation_id)}#note-{note.number}",
        happened_at=note.created_at,
        team_id=note.conversation.shop_id,
    )


def mention_words(news: News) -> Words:
    """Return the text of a notice about a mention in a note."""
    title = _("%(name)s mentioned you in a note") % {"name": news.title}
    return Words(title, news.excerpt, icon="lock")
