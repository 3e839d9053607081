"""Queries for the saved views that a person may use and change."""

from django.db.models import QuerySet
from django.http import Http404

from messaging import access
from messaging.access import Scope
from messaging.models import SavedView
from messaging.ownership import Drawer, drawers, owned_by
from trato.people import Person
from trato.prepared import prepared


def views_in(scope: Scope) -> list[SavedView]:
    """Return the views of a person's shops and the person's own, sorted by name."""
    return _views(scope.user_id, *scope.shop_ids)


def drawers_for(user: Person) -> list[Drawer[SavedView]]:
    """Return all views that a person may change: by shop, with the person's own last."""
    shops = access.own_shops(user)
    return drawers(_views(user.pk, *(shop.pk for shop in shops)), shops)


def views_of(user: Person) -> QuerySet[SavedView]:
    """Return the views that a person may change."""
    return SavedView.objects.filter(owned_by(user.pk, access.scope_of(user).shop_ids))


def view_for(user: Person, view_id: int, *, lock: bool = False) -> SavedView:
    """Return a view that a person may change.

    Raises:
        Http404: it doesn't exist, is another person's, or belongs to a shop that the person doesn't
            work for.
    """
    rows = views_of(user).filter(pk=view_id)
    if lock:
        rows = rows.select_for_update(no_key=True)
    view = rows.first()
    if view is None:
        raise Http404("no such saved view")
    return view


@prepared
def _views(user_id: int, *shop_ids: int) -> QuerySet[SavedView]:
    return SavedView.objects.filter(owned_by(user_id, shop_ids))
