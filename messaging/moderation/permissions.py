"""The group of moderators, with every permission that their admin pages need."""

from typing import Any

from django.apps import apps as installed
from django.contrib.auth import get_user_model
from django.contrib.auth.management import create_permissions

from messaging.host import host

NAME = "Moderators"
PERMISSIONS = (
    "audit.view_auditentry", "messaging.look_into_conversation", "messaging.remove_message",
    "messaging.view_conversation", "messaging.view_message", "messaging.view_report",
)  # fmt: skip


def all_permissions() -> set[tuple[str, str]]:
    """Return the moderators' permissions as pairs of app label and codename."""
    user = get_user_model()._meta
    own = f"{user.app_label}.view_{user.model_name}"
    names = (*PERMISSIONS, own, *host.moderator_permissions)
    return {(label, codename) for label, _dot, codename in (name.partition(".") for name in names)}


def make_group(*, apps: Any = installed, using: str = "default", **kwargs: Any) -> None:
    """Create the group if there is none; leave a group that staff have changed as it is.

    Called after the migrations and not by one of them, because only then do all permissions exist.
    """
    try:
        groups = apps.get_model("auth", "Group").objects.using(using)
        permissions = apps.get_model("auth", "Permission").objects.using(using)
    except LookupError:  # the permissions are not migrated yet
        return
    if groups.filter(name=NAME).exists():
        return
    wanted = all_permissions()
    for label in sorted({label for label, _codename in wanted}):
        create_permissions(installed.get_app_config(label), verbosity=0, using=using, apps=apps)
    existing = [
        permission
        for permission in permissions.select_related("content_type")
        if (permission.content_type.app_label, permission.codename) in wanted
    ]
    if len(existing) == len(wanted):
        groups.create(name=NAME).permissions.set(existing)
