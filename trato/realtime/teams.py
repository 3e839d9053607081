"""Tell teams' open pages that their members, or the members' names, have changed."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, cast

from django.conf import settings
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from trato.realtime import groups

TEAM = "seller."  # begins the name of a team's group


def team_group(team_id: int) -> str:
    """Return the group of all sockets of a team's members."""
    return f"{TEAM}{team_id}"


def has_team_group(names: Iterable[str]) -> bool:
    """Whether one of these groups is a team's."""
    return any(name.startswith(TEAM) for name in names)


def active_members() -> QuerySet[Any]:
    """Return who is in which team now, as rows with the columns `shop_id` and `user_id`."""
    return _active_members_of_app()()


def announce_members_changed(team_ids: Iterable[int]) -> None:
    """On commit, tell the teams' sockets that members have joined, left or changed their names."""
    names = [team_group(pk) for pk in team_ids]
    if names:
        groups.send_on_commit(names, {"type": "members.changed"})


def announce_member_changed(user_id: int) -> None:
    """Do the same for all of a person's teams, read now: call it while the person is a member."""
    rows = active_members().filter(user_id=user_id).order_by()
    announce_members_changed(rows.values_list("shop_id", flat=True))


@cache
def _active_members_of_app() -> Callable[[], QuerySet[Any]]:
    return cast("Callable[[], QuerySet[Any]]", import_string(settings.ACTIVE_MEMBERS))
