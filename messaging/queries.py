"""Reading: pages of messages, read marks, and the list of conversations."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Count, Exists, FilteredRelation, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from notifications.models import Notification

from . import access, host
from .models import Conversation, Message, Participant, Side

SUBJECT_KIND = "conversation"  # of the notifications that messaging makes
REPLY_TIME_DAYS = 90


def messages_since(conversation: Conversation, revision: int) -> tuple[list[Message], bool]:
    """What was created or changed after a revision, in order of revision, and whether more was."""
    rows = _messages(conversation).filter(revision__gt=revision).order_by("revision")
    return _page(rows, settings.MESSAGE_PAGE_SIZE)


def latest_messages(conversation: Conversation) -> tuple[list[Message], bool]:
    """The end of a conversation, oldest first, and whether there are older ones."""
    rows, more = _page(_messages(conversation).order_by("-sequence"), settings.HISTORY_PAGE_SIZE)
    return rows[::-1], more


def messages_before(conversation: Conversation, sequence: int) -> tuple[list[Message], bool]:
    """A page of older messages, oldest first, and whether there are still older ones."""
    older = _messages(conversation).filter(sequence__lt=sequence).order_by("-sequence")
    rows, more = _page(older, settings.HISTORY_PAGE_SIZE)
    return rows[::-1], more


def read_marks(conversation: Conversation) -> dict[str, int]:
    """How far each side has read: of a shop, the colleague who has read furthest."""
    return _furthest(conversation.participants.all())


def read_marks_and_own(conversation: Conversation, user: User) -> tuple[dict[str, int], int]:
    """How far each side has read, and how far one person has, in one query."""
    participants = list(conversation.participants.all())
    own = next((p.last_read_sequence for p in participants if p.user_id == user.pk), 0)
    return _furthest(participants), own


def _furthest(participants: Iterable[Participant]) -> dict[str, int]:
    marks = dict.fromkeys(Side.values, 0)
    for participant in participants:
        marks[participant.side] = max(marks[participant.side], participant.last_read_sequence)
    return marks


def revisions(conversation_ids: Iterable[int]) -> dict[int, int]:
    """The top revision of several conversations, in one query."""
    rows = Conversation.objects.filter(pk__in=list(conversation_ids))
    return dict(rows.values_list("pk", "revision"))


def conversation_list(
    user: User, *, search: str = "", unread_only: bool = False
) -> QuerySet[Conversation]:
    """A person's conversations that have a message, the newest first, each with `is_unread`.

    Unread is what the badge counts: an unread notification about the conversation.
    """
    unread = Notification.objects.filter(
        recipient=user, subject_kind=SUBJECT_KIND, subject_id=OuterRef("pk"), read_at=None
    )
    found = (
        access.conversations_of(user)
        .filter(last_message__isnull=False)
        .select_related("consumer", "shop", "last_message__sender")
        .annotate(is_unread=Exists(unread))
        .order_by("-last_message_at", "-pk")
    )
    if unread_only:
        found = found.filter(is_unread=True)
    for word in search.split()[:8]:
        said = Message.objects.filter(
            conversation=OuterRef("pk"), body__icontains=word, removed_at=None
        )
        found = found.filter(
            Q(product_title__icontains=word)
            | Q(shop__name__icontains=word)
            | Q(consumer__name__icontains=word)
            | Exists(said)
        )
    return found


@dataclass(frozen=True)
class ShopAnswers:
    """What a reader's panel on a shop's product shows.

    Args:
        mine: the conversation that the reader already has there, or None.
        is_own: whether the reader works for the shop.
        answered, within_hour, within_day: how many of the shop's conversations of the last
            `REPLY_TIME_DAYS` days it answered at all, within an hour, within a day.
    """

    mine: int | None
    is_own: bool
    answered: int
    within_hour: int
    within_day: int


def shop_answers(shop_id: int, product_id: int | None, user_id: int | None) -> ShopAnswers:
    """All that the panel "Ask the seller" needs, in one query."""
    since = timezone.now() - timedelta(days=REPLY_TIME_DAYS)
    asked = Q(conversations__consumer_id=user_id, conversations__product_id=product_id)
    answered = Q(heard__created_at__gte=since, heard__first_reply_seconds__isnull=False)
    row = (
        host.shop_model()
        ._default_manager.filter(pk=shop_id)
        .annotate(
            heard=FilteredRelation(
                "conversations", condition=Q(conversations__created_at__gte=since) | asked
            ),
            is_own=Exists(host.shop_model()._default_manager.filter(pk=shop_id, members=user_id)),
        )
        .values("is_own")
        .annotate(
            mine=Max(
                "heard__pk", filter=Q(heard__consumer_id=user_id, heard__product_id=product_id)
            ),
            answered=Count("heard__pk", filter=answered),
            within_hour=Count(
                "heard__pk", filter=answered & Q(heard__first_reply_seconds__lte=3600)
            ),
            within_day=Count(
                "heard__pk", filter=answered & Q(heard__first_reply_seconds__lte=86400)
            ),
        )
        .get()
    )
    return ShopAnswers(**row)


def _messages(conversation: Conversation) -> QuerySet[Message]:
    return conversation.messages.select_related("sender")


def _page(rows: QuerySet[Message], size: int) -> tuple[list[Message], bool]:
    found = list(rows[: size + 1])
    return found[:size], len(found) > size
