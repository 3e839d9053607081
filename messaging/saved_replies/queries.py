"""Queries for the saved replies that a person may use and change."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404

from messaging.host import Shop, host, shop_model
from messaging.models import Conversation, SavedReply
from messaging.ownership import Drawer, drawers, owned_by
from trato.people import Person


def shops_for(user: Person) -> list[Shop]:
    """Return the shops that a person works for, sorted by name.

    Raises:
        Http404: the person's account doesn't sell, and so has no use for saved replies.
    """
    if not host.acts_as_seller(user):
        raise Http404("no seller")
    shop_ids = host.shops_of([user.pk])[user.pk]
    rows = shop_model()._default_manager.filter(pk__in=shop_ids)
    return list(rows.order_by(host.shop_name_field, "pk"))


def drawers_for(user: Person) -> list[Drawer[SavedReply]]:
    """Return all saved replies that a person may change: by shop, with the person's own last.

    Raises:
        Http404: see `shops_for`.
    """
    shops = shops_for(user)
    rows = _of(user, [shop.pk for shop in shops]).prefetch_related("files")
    return drawers(rows, shops)


def replies_of(user: Person) -> QuerySet[SavedReply]:
    """Return the replies that a person may change.

    Raises:
        Http404: see `shops_for`.
    """
    return _of(user, [shop.pk for shop in shops_for(user)])


def reply_for(user: Person, reply_id: int, *, lock: bool = False) -> SavedReply:
    """Return a reply that a person may change.

    Raises:
        Http404: it doesn't exist, is another person's, or belongs to a shop that the person doesn't
            work for.
    """
    rows = replies_of(user).filter(pk=reply_id)
    if lock:
        rows = rows.select_for_update(no_key=True)
    reply = rows.first()
    if reply is None:
        raise Http404("no such saved reply")
    return reply


def usable_in(conversation: Conversation, user: Person) -> QuerySet[SavedReply]:
    """Return the replies of the conversation's shop and the person's own, most used first."""
    return _of(user, [conversation.shop_id]).prefetch_related("files")


def _of(user: Person, shop_ids: list[Any]) -> QuerySet[SavedReply]:
    return SavedReply.objects.filter(owned_by(user.pk, shop_ids))
