"""People's changes to their own profile."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from trato.realtime.teams import announce_member_changed

from .models import User


@transaction.atomic
def change_profile(actor: User, values: Mapping[str, Any]) -> User:
    """Store the given columns of a person's own row, and nothing else; return the row.

    Staff may have suspended the account since the row was loaded, or another tab deleted it.

    Raises:
        User.DoesNotExist: the account was suspended or deleted meanwhile.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=actor.pk, is_active=True)
    is_renamed = values.get("name", user.name) != user.name
    for column, value in values.items():
        setattr(user, column, value)
    user.save(update_fields=list(values))
    if is_renamed:
        announce_member_changed(user.pk)
    return user
