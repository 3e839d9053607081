"""Filters that people have saved under a name."""

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.ownership import Owned
from trato.text import validate_name

NAME_MAX = 40  # characters
QUERY_MAX = 1400  # characters; `filtering.filters` never makes a longer one


class SavedView(Owned):
    """A view of a shop, or of one person. `query` is `Filter.query` in `filtering.filters`."""

    name = models.CharField(_("name"), max_length=NAME_MAX, validators=[validate_name])
    query = models.CharField(_("filter"), max_length=QUERY_MAX)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)

    class Meta(Owned.Meta):
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = (Lower("name"), "pk")
        constraints = (
            *Owned.Meta.constraints,
            models.UniqueConstraint(
                "shop",
                Lower("name"),
                condition=models.Q(shop__isnull=False),
                name="one_saved_view_per_shop_and_name",
            ),
            models.UniqueConstraint(
                "owner",
                Lower("name"),
                condition=models.Q(owner__isnull=False),
                name="one_saved_view_per_person_and_name",
            ),
        )

    def __str__(self) -> str:
        return self.name
