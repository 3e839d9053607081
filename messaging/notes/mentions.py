"""Find the colleagues whom a note mentions: those whose name follows an `@`."""

import re
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet

from messaging.frames import Sender
from messaging.host import host
from trato.text import folded


def mentioned(text: str, shop_id: int, author_id: int) -> list[int]:
    """Return the IDs of the members of a shop that a text mentions, without its author.

    A name is a member's display name or short name, in any case and with or without accents. If
    several names match, the longest counts. If two members share a name, both are mentioned.
    """
    if "@" not in text:
        return []
    people: dict[str, set[int]] = {}
    for member in _members(shop_id):
        for name in (host.display_name(member), host.short_name(member)):
            if key := " ".join(folded(name).split()):
                people.setdefault(key, set()).add(member.pk)
    names = "|".join(
        re.escape(name).replace(r"\ ", r"\s+") for name in sorted(people, key=len, reverse=True)
    )
    matches = re.finditer(rf"(?<![\w@])@({names})(?!\w)", folded(text)) if names else ()
    ids = {pk for match in matches for pk in people[" ".join(match[1].split())]}
    return sorted(ids - {author_id})


def colleagues(shop_id: int, user_id: int) -> list[Sender]:
    """Return the members of a shop that a person can mention, sorted by name."""
    people = [Sender(row.pk, host.display_name(row)) for row in _members(shop_id)]
    return sorted((one for one in people if one.id != user_id), key=lambda one: folded(one.name))


def _members(shop_id: int) -> QuerySet[Any]:
    return get_user_model()._default_manager.filter(pk__in=host.members_of(shop_id))
