"""Find the conversations that an action is about, and what it needs to know about them."""

from collections.abc import Collection, Sequence

from django.conf import settings
from django.db.models import Max, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from messaging import access
from messaging.models import (
    Assignment,
    Conversation,
    ConversationLabel,
    Message,
    Participant,
    Side,
)
from trato.array_parameters import listed
from trato.errors import Refused, when_shown
from trato.people import Person


def find(actor: Person, ids: Sequence[int], *, lock: bool = False) -> dict[int, Conversation]:
    """Return the given conversations that a person takes part in, by ID and in order of IDs.

    Args:
        lock: whether to lock the rows until the transaction ends.

    Raises:
        Refused: `invalid` if `ids` is empty, or has more than `ACT_CONVERSATIONS_MAX`.
    """
    if not ids:
        raise Refused("invalid", _("Choose a conversation first."))
    if len(ids) > settings.ACT_CONVERSATIONS_MAX:
        raise Refused("invalid", when_shown(_too_many))
    rows = access.conversations_of(actor.pk).filter(pk__in=listed(ids)).order_by("pk")
    rows = rows.select_related("consumer", "shop")
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    return {row.pk: row for row in rows}


def own_states(actor: Person, ids: Sequence[int], *, lock: bool = False) -> dict[int, Participant]:
    """Return a person's own state of conversations, such as archived; some have no row.

    Args:
        lock: whether to lock the rows, in the same order as all writers.
    """
    rows = Participant.objects.filter(user_id=actor.pk, conversation__in=listed(ids))
    if lock:
        rows = rows.order_by("conversation_id").select_for_update(no_key=True)
    return {row.conversation_id: row for row in rows}


def newest_of_other_side(actor: Person, ids: Collection[int]) -> dict[int, int]:
    """Return the sequence of the other side's last message by conversation; 0 if there is none."""
    rows = Conversation.objects.filter(pk__in=listed(ids)).annotate(
        newest_seller=_newest(Side.SELLER), newest_consumer=_newest(Side.CONSUMER)
    )
    columns = rows.values_list("pk", "consumer_id", "newest_seller", "newest_consumer")
    return {
        pk: (by_seller if consumer_id == actor.pk else by_consumer) or 0
        for pk, consumer_id, by_seller, by_consumer in columns
    }


def _newest(side: Side) -> Subquery:
    messages = Message.objects.filter(conversation=OuterRef("pk"), side=side)
    return Subquery(messages.order_by("-sequence").values("sequence")[:1])


def last_assignments(ids: Collection[int]) -> dict[int, int]:
    """Return the team's revision of the last assignment of each conversation that has one."""
    rows = Assignment.objects.filter(conversation__in=listed(ids)).order_by()
    last = rows.values("conversation_id").annotate(last=Max("team_revision"))
    return dict(last.values_list("conversation_id", "last"))


def muted(user: Person) -> list[int]:
    """Return the IDs of the conversations that a person has muted."""
    rows = Participant.objects.filter(user_id=user.pk, muted_at__isnull=False)
    return list(rows.values_list("conversation_id", flat=True))


def labels_of(ids: Collection[int]) -> dict[int, list[int]]:
    """Return the IDs of the labels on conversations, with at most one query."""
    labels: dict[int, list[int]] = {pk: [] for pk in ids}
    rows = ConversationLabel.objects.filter(conversation__in=listed(ids)).order_by("label_id")
    for pk, label_id in rows.values_list("conversation_id", "label_id") if ids else ():
        labels[pk].append(label_id)
    return labels


def _too_many() -> str:
    most = settings.ACT_CONVERSATIONS_MAX
    text = ngettext(
        "That's too many at once: choose at most %(count)s conversation. Nothing was changed.",
        "That's too many at once: choose at most %(count)s conversations. Nothing was changed.",
        most,
    )
    return text % {"count": most}
