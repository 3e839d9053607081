"""Warn people who got a recalled message, and withdraw the warning if it was no scam."""

from datetime import datetime

from django.db.models import Q

from messaging.host import host
from messaging.models import Message, Recall, RecallItem, RecallWarning, Side
from messaging.search.excerpts import address
from notifications import actions as notifications
from notifications.models import News
from trato.clock import database_now


def news_of(row: RecallWarning, now: datetime) -> News:
    """Return the unsaved news of a warning."""
    talk = row.message.conversation
    return News(
        subject_kind=Recall.NEWS_KIND,
        subject_id=row.pk,
        # Somebody who has left the shop can no longer open the conversation.
        team_id=talk.shop_id if row.message.side == Side.CONSUMER else 0,
        title=talk.product_title or host.shop_name(talk.shop),
        excerpt=Recall.NEWS_KIND,  # if it were empty, the notice would say “removed”
        url=address(talk, row.message),
        happened_at=now,
    )


def take_warnings_back(message: Message) -> None:
    """Withdraw the warnings about a message that is shown again, although its recall stands.

    If a person also got another message of the same recall, the warning is about that one instead.

    Args:
        message: already stored as shown, with its conversation, which the caller has locked.
    """
    about_it = RecallWarning.objects.filter(message=message, recall__undone_at=None)
    rows = list(about_it.order_by("user"))
    if not rows:
        return
    notifications.forget(Recall.NEWS_KIND, [row.pk for row in rows])
    others = {row.pk: _another(row, message) for row in rows}
    RecallWarning.objects.filter(pk__in=[key for key, one in others.items() if not one]).delete()
    now, again = database_now(), []
    for row in rows:
        if other := others[row.pk]:
            row.message = other
            row.save(update_fields=["message"])
            again.append((row.user_id, news_of(row, now)))
    notifications.notify_each(again)


def _another(row: RecallWarning, message: Message) -> Message | None:
    """Return another recalled message that the person got, from this conversation if possible."""
    talk = message.conversation
    items = RecallItem.objects.filter(
        Q(decision=None) | Q(decision__overturned_at=None),
        recall=row.recall_id,
        message__removed_at__isnull=False,
        message__side=message.side,
    ).exclude(message=message)
    if message.side == Side.CONSUMER:
        items = items.filter(message__conversation__shop=talk.shop_id)
    else:
        items = items.filter(message__conversation__consumer=row.user_id)
    related = items.select_related("message__conversation__shop").order_by("message")
    messages = sorted(
        (one.message for one in related), key=lambda one: one.conversation_id != talk.pk
    )
    return messages[0] if messages else None
