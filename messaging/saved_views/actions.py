"""Add, rename and delete saved views. Each is one transaction."""

import unicodedata

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import Http404, QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from messaging import access
from messaging.access import Scope
from messaging.filtering.filters import filter_from
from messaging.models import SavedView
from messaging.ownership import lock_owner
from trato.errors import Refused
from trato.people import Person

from . import queries

NOBODY = 0  # no account has this ID


@transaction.atomic
def add(actor: Person, shop_id: int | None, *, name: str, query: str) -> SavedView:
    """Add a view for a shop, or for the actor if `shop_id` is None.

    If the same view already exists, as after a second click, return it.

    Args:
        query: the query string of the list's URL; its page is dropped.

    Raises:
        Http404: the actor doesn't work for the shop, or the filter names a label, product or
            colleague that the actor has no access to.
        ValidationError: a value is wrong, or the name is taken; by field.
        Refused: `forbidden` if there are too many already.
    """
    siblings = SavedView.objects.filter(lock_owner(actor, shop_id))
    query = _query(actor, shop_id, query)
    if same := siblings.filter(name=_clean(name), query=query).first():
        return same
    limit = settings.SAVED_VIEWS_PER_SHOP if shop_id else settings.SAVED_VIEWS_PER_PERSON
    if siblings.count() >= limit:
        words = ngettext_lazy(
            "There is already %(count)s saved view here. Delete one first.",
            "There are already %(count)s saved views here. Delete one first.",
            "count",
        )
        raise Refused("forbidden", words % {"count": limit})
    owner_id = actor.pk if shop_id is None else None
    view = SavedView(shop_id=shop_id, owner_id=owner_id, query=query)
    _save(view, name)
    return view


@transaction.atomic
def rename(actor: Person, view_id: int, name: str) -> SavedView:
    """Rename a view.

    Raises:
        Http404: see `queries.view_for`.
        ValidationError: the name is wrong or taken; by field.
    """
    view = queries.view_for(actor, view_id, lock=True)
    _save(view, name)
    return view


@transaction.atomic
def delete(actor: Person, view_id: int) -> str | None:
    """Delete a view for good. It changes no conversation.

    Returns:
        The view's name; None if the actor has no such view, as after a second click.
    """
    view = queries.views_of(actor).select_for_update(no_key=True).filter(pk=view_id).first()
    if view is None:
        return None
    view.delete()
    return view.name


def _query(actor: Person, shop_id: int | None, text: str) -> str:
    """Return the query string to store for a filter."""
    values = QueryDict(text.removeprefix("?"))
    query = filter_from(values, access.scope_of(actor)).query
    if not query:
        raise ValidationError({"query": _("Choose a filter first: this shows everything.")})
    if shop_id is not None:
        try:
            filter_from(values, Scope(NOBODY, (shop_id,)))
        except Http404 as error:
            words = _("It filters by something that this shop doesn't have. Save it for yourself.")
            raise ValidationError({"shop": words}) from error
    return query


def _clean(name: str) -> str:
    return unicodedata.normalize("NFC", " ".join(name.split()))


def _save(view: SavedView, name: str) -> None:
    """Store a view if its values are valid."""
    view.name = _clean(name)
    view.clean_fields()
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        raise ValidationError({"name": _("Another view has this name already.")}) from error
