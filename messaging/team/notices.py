"""Notices of assignments. People see them only while they are members of the shop."""

from collections import defaultdict
from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messaging.host import host
from messaging.models import (
    ASSIGNED_KIND,
    AlertChoice,
    Assignment,
    Conversation,
    Side,
    conversation_url,
)
from notifications import actions as notifications
from notifications.models import News
from notifications.words import Words
from trato.people import Person


def notify_assignees(actor: Person, lines: Sequence[Assignment]) -> list[int]:
    """Notify members to whom a colleague has assigned conversations, each once per action.

    Members are left out who assigned the conversations to themselves, who have chosen not to be
    alerted, or who are the conversation's shopper.

    Args:
        lines: the stored lines of one action.

    Returns:
        The subjects of the notices.
    """
    by_person: defaultdict[tuple[int, int], list[Assignment]] = defaultdict(list)
    for line in lines:
        row = line.conversation
        if line.assignee_id and line.assignee_id not in (actor.pk, row.consumer_id):
            by_person[line.assignee_id, row.shop_id].append(line)
    if not by_person:
        return []
    observing = AlertChoice.objects.filter(
        level=AlertChoice.Level.NOTHING, user_id__in={user_id for user_id, _shop in by_person}
    )
    for key in observing.values_list("user_id", "shop_id"):
        by_person.pop(key, None)
    news = [(user_id, _news(actor, own)) for (user_id, _shop), own in by_person.items()]
    notifications.notify_each(news)
    return [row.subject_id for _user_id, row in news]


def assigned_words(news: News) -> Words:
    """Return the text of a notice about assigned conversations."""
    number, _space, about = news.excerpt.partition(" ")
    count = int(number)
    title = ngettext(
        "%(name)s assigned a conversation to you",
        "%(name)s assigned %(count)s conversations to you",
        count,
    )
    text = about if count == 1 else _("%(about)s, and others") % {"about": about}
    return Words(title % {"name": news.title, "count": count}, text, icon="user")


def _news(actor: Person, lines: Sequence[Assignment]) -> News:
    first, *others = lines
    url = conversation_url(first.conversation_id)
    if others:
        url = f"{reverse('messaging:conversation_list')}?assigned=me"
    return News(
        subject_kind=ASSIGNED_KIND,
        subject_id=first.pk,
        team_id=first.conversation.shop_id,
        title=host.display_name(actor),
        excerpt=f"{len(lines)} {_about(first.conversation)}",
        url=url,
        happened_at=first.created_at,
    )


def _about(conversation: Conversation) -> str:
    parts = conversation.counterpart_of(Side.SELLER), conversation.product_title
    return " · ".join(part for part in parts if part)
