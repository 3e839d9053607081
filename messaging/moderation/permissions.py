"""The group of those who keep people safe, with all that the desk asks for."""

from typing import Any

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions

NAME = "Moderators"
PERMISSIONS = {
    "accounts": ("view_user", "suspend_user"),
    "audit": ("view_auditentry",),
    "messaging": (
        "view_conversation", "view_message", "view_report", "look_into_conversation",
        "remove_message",
    ),
}  # fmt: skip


def make_group(*, apps: Any = installed, using: str = "default", **kwargs: Any) -> None:
    """Make the group where there is none; one that staff have changed stays as they want it.

    Called after migrations rather than by one: only then can all the permissions exist.
    """
    try:
        groups = apps.get_model("auth", "Group").objects.using(using)
        permissions = apps.get_model("auth", "Permission").objects.using(using)
    except LookupError:  # so far nothing of it is migrated
        return
    if groups.filter(name=NAME).exists():
        return
    found = []
    for label, codenames in PERMISSIONS.items():
        create_permissions(installed.get_app_config(label), verbosity=0, using=using, apps=apps)
        found += permissions.filter(content_type__app_label=label, codename__in=codenames)
    if len(found) == sum(map(len, PERMISSIONS.values())):
        groups.create(name=NAME).permissions.set(found)
