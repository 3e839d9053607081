"""Notify the people who got a recalled message, and withdraw these warnings."""

from collections.abc import Iterable

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from messaging.host import host
from messaging.models import Message, Recall, RecallWarning, Side
from messaging.moderation.recall_warnings import news_of
from notifications import actions as notifications
from notifications.models import News
from notifications.words import Words
from trato.array_parameters import listed
from trato.clock import database_now
from trato.people import is_deleted

from .candidates import recalled
from .queries import advice


def warn(recall: Recall, messages: Iterable[Message]) -> int:
    """Warn the people who got one of the messages: the shopper, or all current members of the shop.

    Nobody is warned twice, neither by this recall nor about a conversation of an earlier one.

    Args:
        messages: the messages with their conversations, which the caller has locked.

    Returns:
        The number of people warned.
    """
    messages = sorted(messages, key=lambda one: one.pk)
    first = _first_of_each(messages)
    talks = listed({message.conversation_id for message in messages})
    earlier = RecallWarning.objects.filter(
        recall__in=recalled().exclude(pk=recall.pk), message__conversation__in=talks
    )
    warned = set(earlier.values_list("user", "message__conversation"))
    people = get_user_model()._default_manager.filter(pk__in=listed(first)).order_by("pk")
    rows = [
        RecallWarning(recall=recall, user_id=person.pk, message=message)
        for person in people
        if not is_deleted(person)
        for message in [first[person.pk]]
        if (person.pk, message.conversation_id) not in warned
    ]
    RecallWarning.objects.bulk_create(rows)
    now = database_now()
    notifications.notify_each([(row.user_id, news_of(row, now)) for row in rows])
    return len(rows)


def withdraw(recall: Recall) -> None:
    """Withdraw a recall's warnings."""
    keys = list(recall.warnings.values_list("pk", flat=True))
    notifications.forget(Recall.NEWS_KIND, keys)


def recall_words(news: News) -> Words:
    """Return the text of a warning about a recalled message: what it was, and what to do."""
    about = _("It was in the conversation about “%(about)s”, and we've removed it.")
    return Words(_("You received a scam"), " ".join([about % {"about": news.title}, advice()]))


def _first_of_each(messages: Iterable[Message]) -> dict[int, Message]:
    """Return the first message that each person can read, by the person's key."""
    shops = {one.conversation.shop_id for one in messages if one.side == Side.CONSUMER}
    members: dict[int, list[int]] = {shop: [] for shop in shops}
    rows = host.active_members().filter(shop_id__in=listed(shops)).order_by()
    for shop_id, user_id in rows.values_list("shop_id", "user_id"):
        members[shop_id].append(user_id)
    first: dict[int, Message] = {}
    for message in messages:
        talk = message.conversation
        is_to_shop = message.side == Side.CONSUMER
        for user_id in members[talk.shop_id] if is_to_shop else [talk.consumer_id]:
            first.setdefault(user_id, message)
    return first
