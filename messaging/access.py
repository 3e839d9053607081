"""The only way to get a conversation: if you may not see it, it looks as if it didn't exist."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from notifications.announcements.frames import audience_group
from trato import errors
from trato.errors import Refused, when_shown
from trato.people import Person
from trato.prepared import prepared
from trato.realtime.teams import team_group

from .host import Shop, host, shop_model
from .models import BOTH_SIDES, Block, Conversation, OpeningHours, Sanction, Side, blocking_sides

STAFF_GROUP = "staff"


@dataclass(frozen=True)
class Scope:
    """The scope of a person's conversations: the person as a shopper, and their shops."""

    user_id: int
    shop_ids: tuple[int, ...]


def scope_of(user: Person) -> Scope:
    """Return where to look for a person's conversations.

    Lists start from the scope, but it grants no access: they load rows with `conversations_of`.
    """
    return Scope(user.pk, tuple(host.shops_of([user.pk])[user.pk]))


def conversations_of(user_id: int) -> QuerySet[Conversation]:
    """Return all conversations that a person takes part in, on either side.

    Reads the membership from the database, because a `user` object may be as old as its socket.
    """
    shops = host.active_members().filter(user_id=user_id).order_by().values("shop_id")
    return Conversation.objects.filter(
        Q(consumer_id=user_id, consumer__is_active=True) | Q(shop__in=shops)
    )


def conversation_for(
    user: Person, conversation_id: int, *, lock: bool = False, with_hours: bool = False
) -> Conversation:
    """Return a conversation that the person takes part in, with its shopper, shop and product.

    Args:
        lock: hold the row's lock until the current transaction ends. Writers of a conversation take
            it before those of its participants and news, so that two writers cannot deadlock
            (docs/decisions/0013-lock-order.md).
        with_hours: also load the shop's opening hours, as `week` and `days_off`.

    Raises:
        Http404: it doesn't exist, or the person doesn't take part in it.
    """
    for row in _conversation(user.pk, conversation_id, lock=lock, with_hours=with_hours):
        return row
    raise Http404("no such conversation")


def team_conversation_for(
    user: Person, conversation_id: int, *, lock: bool = False
) -> Conversation:
    """Return a conversation like `conversation_for`, if the person is on its seller side.

    For everything that is hidden from the shopper. A shopper who has since joined the shop is still
    the shopper of this conversation.

    Raises:
        Http404: it doesn't exist, or the person is not on its seller side.
    """
    conversation = conversation_for(user, conversation_id, lock=lock)
    if conversation.side_of(user.pk) is not Side.SELLER:
        raise Http404("no such conversation of the shop")
    return conversation


def lock_writer(actor: Person) -> None:
    """Lock a person's row, so that their writes and the deletion of their account take turns.

    Raises:
        Refused: `forbidden` if the account has been deleted or suspended.
    """
    people = get_user_model()._default_manager.filter(pk=actor.pk, is_active=True)
    if not people.select_for_update(no_key=True).exists():
        raise Refused("forbidden", _("Your account can't write any more."))


@prepared
def _conversation(user_id: int, pk: int, *, lock: bool, with_hours: bool) -> QuerySet[Conversation]:
    query = conversations_of(user_id).filter(pk=pk)
    if with_hours:
        hours = OpeningHours.objects.filter(shop=OuterRef("shop"))
        columns = {name: Subquery(hours.values(name)) for name in ("week", "days_off")}
        query = query.annotate(**columns)
    # Hardly anybody is under a sanction, so these read an almost empty index.
    mutes, limits = (
        Sanction.in_force(kind).filter(person_id=user_id)
        for kind in (Sanction.Kind.MUTE, Sanction.Kind.LIMIT)
    )
    until = Subquery(mutes.order_by("-ends_at").values("ends_at")[:1])
    sanctions = {"muted_until": until, "is_limited": Exists(limits)}
    query = query.annotate(**sanctions)
    if lock:
        query = query.select_for_update(of=("self",), no_key=True)
    # The join loads the team's counter without another query; only sellers' pages show it.
    return query.select_related("consumer", "shop", "product", "team_state")


def require_writable(conversation: Conversation, user_id: int) -> None:
    """Refuse a change that the other side would see if the person can't write in the conversation.

    If the caller holds the conversation's lock, this stays true until the transaction ends.

    Args:
        conversation: from `conversation_for`, for the same person.

    Raises:
        Refused: see `refusal_to_write`.
    """
    refusal = refusal_to_write(
        conversation.side_of(user_id),
        ended=conversation.ended_at is not None,
        blocked_by=conversation.blocked_by,
        muted_until=conversation.muted_until,
    )
    if refusal:
        raise refusal


def require_not_muted(user_id: int) -> None:
    """Refuse a muted person an action that isn't about one existing conversation.

    Raises:
        Refused: `forbidden`, see `muted`.
    """
    mutes = Sanction.in_force(Sanction.Kind.MUTE).filter(person_id=user_id)
    if until := mutes.order_by("-ends_at").values_list("ends_at", flat=True).first():
        raise muted(until)


def require_no_block(consumer_id: int, shop_id: int) -> None:
    """Refuse a new conversation if the shopper or the shop has blocked the other.

    Raises:
        Refused: `blocked`, see `refusal_to_write`.
    """
    blocked_by = blocked_by_of(consumer_id, shop_id)
    if refusal := refusal_to_write(Side.CONSUMER, ended=False, blocked_by=blocked_by):
        raise refusal


def blocked_by_of(consumer_id: int, shop_id: int) -> str:
    """Return the value of `Conversation.blocked_by` for a shopper and a shop."""
    rows = Block.objects.filter(consumer_id=consumer_id, shop_id=shop_id)
    sides = list(rows.values_list("side", flat=True))
    return BOTH_SIDES if len(sides) == 2 else "".join(sides)


def refusal_to_write(
    side: Side, *, ended: bool, blocked_by: str, muted_until: datetime | None = None
) -> Refused | None:
    """Return why a person on one side can't write in a conversation; None if they can.

    `writable_sql` is the same check in SQL, without mutes, which concern only one person.

    Args:
        blocked_by: see `Conversation.blocked_by`.
        muted_until: when the person's mute ends; None if staff haven't muted them.

    Returns:
        `forbidden` if it has ended or the person is muted; `blocked` if one side has blocked the
        other. Only the blocking side learns why: it couldn't read an answer.
    """
    if ended:
        return errors.ended()
    if muted_until:
        return muted(muted_until)
    if not blocked_by:
        return None
    if side not in blocking_sides(blocked_by):
        return errors.undelivered()
    if side is Side.CONSUMER:
        return Refused("blocked", _("You've blocked this shop. Unblock it to write again."))
    return Refused("blocked", _("You've blocked this shopper. Unblock them to write again."))


class Muted(Refused):
    """The refusal that a muted person gets for writing."""


def muted(until: datetime) -> Muted:
    """Return a refusal that says until when a muted person can't write, and where to read why."""

    def text() -> str:
        return gettext(
            "Our staff have muted you until %(time)s. Until then you can read, but not write. "
            "Open “My standing” in your account's menu to read why."
        ) % {"time": date_format(timezone.localtime(until), "j M Y, G:i T")}

    return Muted("forbidden", when_shown(text))


def writable_sql(conversation: str) -> str:
    """`refusal_to_write` as an SQL condition on a conversation with the given alias."""
    return f"({conversation}.ended_at IS NULL AND {conversation}.blocked_by = '')"


def own_shops(user: Person) -> list[Shop]:
    """Return the shops that a person works for, oldest first."""
    return shops_in(scope_of(user))


def shops_in(scope: Scope) -> list[Shop]:
    """Return the shops of a scope, oldest first; without a query if there are none."""
    if not scope.shop_ids:
        return []
    return list(shop_model()._default_manager.filter(pk__in=scope.shop_ids).order_by("pk"))


def chosen_shop(user: Person, given: str) -> Shop:
    """Return the person's shop with the ID in a URL, or their first; else raise Http404."""
    shops = own_shops(user)
    if not given and shops:
        return shops[0]
    for shop in shops:
        if str(shop.pk) == given:
            return shop
    raise Http404("no such shop")


def own_shop(user: Person, shop_id: int, *, manage: bool = False) -> Shop:
    """Return a shop that a person works for.

    Args:
        manage: whether the person wants to change how the shop works.

    Raises:
        Http404: the person doesn't work there, or there is no such shop.
        PermissionDenied: the person may not change it.
    """
    if not host.is_member(user.pk, shop_id):
        raise Http404("no such shop")
    if manage and user.pk not in host.managers_of(shop_id):
        raise PermissionDenied
    return shop_model()._default_manager.get(pk=shop_id)


def participation_sql(user_id: str) -> str:
    """`conversations_of` as an SQL condition, for statements about many people at once.

    It uses scalar sub-selects, which PostgreSQL answers from an index even if it plans the
    statement for many rows (see `sending.statement`).

    Args:
        user_id: the SQL expression for a person's ID. In the statement, `c` is the conversation's
            row, and the expression `active_member(shop_id, user_id)` is `host.members_sql()`.
    """
    user = get_user_model()._meta
    key = user.pk.column
    return f"""(
        (c.consumer_id = {user_id}
         AND (SELECT u.is_active FROM {user.db_table} u WHERE u.{key} = {user_id}))
        OR (SELECT count(*) > 0 FROM active_member w
            WHERE w.shop_id = c.shop_id AND w.user_id = {user_id})
    )"""


def consumer_group(user_id: int) -> str:
    """The group of one person's sockets as a shopper."""
    return f"consumer.{user_id}"


def seller_group(shop_id: int) -> str:
    """The group of the sockets of everybody who works for a shop."""
    return team_group(shop_id)


def role_groups(user: Person, shop_ids: Iterable[int], *, sees_desk: bool) -> set[str]:
    """Return a person's role groups. For `sees_desk`, see `cases.frames.listeners`."""
    all_of_role = audience_group(sells=host.acts_as_seller(user))
    groups = {consumer_group(user.pk), *map(seller_group, shop_ids), all_of_role}
    if sees_desk:
        groups.add(STAFF_GROUP)
    return groups
