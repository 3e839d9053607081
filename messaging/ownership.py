"""Rows that belong to a shop or to one person, such as saved replies.

Every active member of a shop sees the shop's rows, and may use and change them. Nobody else sees a
person's own rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from django.conf import settings
from django.contrib import messages as notices
from django.db import models
from django.http import Http404, HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from trato.people import Person, lock_person

from .fields import HostForeignKey
from .host import Shop, host, shop_model


class Owned(models.Model):
    """A model whose rows belong to a shop or to one person: either `shop` or `owner` is set."""

    shop = HostForeignKey(
        settings.MESSAGING_SHOP_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("shop"),
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("person"),
    )

    class Meta:
        abstract = True
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(
                condition=models.Q(shop__isnull=True) ^ models.Q(owner__isnull=True),
                name="%(class)s_of_a_shop_or_a_person",
            ),
        )

    @property
    def is_own(self) -> bool:
        """Whether it belongs to a person rather than to a shop."""
        return self.owner_id is not None


Row = TypeVar("Row", bound=Owned)


@dataclass(frozen=True)
class Drawer(Generic[Row]):
    """The rows of a shop, or a person's own if `shop` is None."""

    shop: Shop | None
    rows: list[Row]

    @property
    def name(self) -> str:
        """The shop's name; empty for a person's own rows."""
        return host.shop_name(self.shop) if self.shop else ""


def drawers(rows: Iterable[Row], shops: Iterable[Shop]) -> list[Drawer[Row]]:
    """Group rows by shop, in the order of the shops; the person's own rows come last."""
    all_rows = list(rows)
    return [
        *(Drawer(shop, [row for row in all_rows if row.shop_id == shop.pk]) for shop in shops),
        Drawer(None, [row for row in all_rows if row.is_own]),
    ]


def owned_by(user_id: int, shop_ids: Iterable[int]) -> models.Q:
    """Return the condition for rows that belong to a person or to one of these shops."""
    return models.Q(shop__in=list(shop_ids)) | models.Q(owner_id=user_id)


def note_deleted(request: HttpRequest, name: str | None) -> None:
    """Add a notice that something with this name was deleted; None if it was already gone."""
    if name is None:
        notices.info(request, gettext("It was already deleted."))
    else:
        notices.success(request, gettext("“%(name)s” was deleted.") % {"name": name})


def lock_owner(actor: Person, shop_id: int | None) -> models.Q:
    """Make members who add something take turns, so that a limit on the number of rows holds.

    Args:
        shop_id: the shop that it will belong to; None for the actor's own.

    Returns:
        The condition for what already belongs to that shop or person.

    Raises:
        Http404: the actor doesn't work for the shop.
    """
    if shop_id is None:
        lock_person(actor.pk)
        return models.Q(owner_id=actor.pk)
    if not host.is_member(actor.pk, shop_id):
        raise Http404("no such shop")
    shops: Any = shop_model()._default_manager
    shops.select_for_update(no_key=True).get(pk=shop_id)
    return models.Q(shop_id=shop_id)
