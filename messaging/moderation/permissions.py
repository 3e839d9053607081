"""The staff groups, with every permission that their admin pages need.

Moderators decide; leads also decide appeals, send announcements and export the audit trail;
auditors only read.
"""

from typing import Any

from django.apps import apps as installed
from django.contrib.auth import get_user_model
from django.contrib.auth.management import create_permissions

from messaging.host import host

NAME, LEADS, AUDITORS = "Moderators", "Leads", "Auditors"
SEEN = (
    "audit.view_auditentry", "messaging.view_appeal", "messaging.view_case",
    "messaging.view_conversation", "messaging.view_decision", "messaging.view_dryrun",
    "messaging.view_heldmessage", "messaging.view_linkhost",
    "messaging.view_message", "messaging.view_mutedreporter", "messaging.view_objection",
    "messaging.view_recall", "messaging.view_report", "messaging.view_ruleday",
    "messaging.view_shieldrule", "messaging.view_moderationmonth", "messaging.view_persontrust",
    "messaging.view_staffmessage",
    "notifications.view_announcement",
)  # fmt: skip
PERMISSIONS = (
    *SEEN, "messaging.look_into_conversation", "messaging.make_decision",
    "messaging.make_recall",
    "messaging.remove_message", "messaging.review_held_message",
    "messaging.set_trust", "messaging.write_staff_message",
    "messaging.add_linkhost", "messaging.change_linkhost", "messaging.delete_linkhost",
)  # fmt: skip
# In addition to the moderators'.
OF_LEADS = (
    "audit.export_auditentry", "messaging.add_dryrun", "messaging.add_shieldrule",
    "messaging.change_shieldrule", "messaging.decide_appeal",
    "notifications.add_announcement", "notifications.change_announcement",
    "notifications.delete_announcement", "notifications.send_announcement",
)  # fmt: skip


def all_permissions(name: str = NAME) -> set[tuple[str, str]]:
    """Return the permissions of a group as pairs of app label and codename."""
    user = get_user_model()._meta
    own = f"{user.app_label}.view_{user.model_name}"
    acting = (*PERMISSIONS, own, *host.moderator_permissions)
    names = {NAME: acting, LEADS: (*acting, *OF_LEADS), AUDITORS: (*SEEN, own)}[name]
    return {(label, codename) for label, _dot, codename in (name.partition(".") for name in names)}


def make_group(*, apps: Any = installed, using: str = "default", **kwargs: Any) -> None:
    """Create the groups that don't exist; leave those that staff have changed as they are.

    This runs after the migrations and not in one of them, because only then do all permissions
    exist.
    """
    try:
        groups = apps.get_model("auth", "Group").objects.using(using)
        permissions = apps.get_model("auth", "Permission").objects.using(using)
    except LookupError:  # the permissions are not migrated yet
        return
    present = set(groups.filter(name__in=(NAME, LEADS, AUDITORS)).values_list("name", flat=True))
    missing = [name for name in (NAME, LEADS, AUDITORS) if name not in present]
    if not missing:
        return
    for label in sorted({label for name in missing for label, _ in all_permissions(name)}):
        create_permissions(installed.get_app_config(label), verbosity=0, using=using, apps=apps)
    rows = permissions.select_related("content_type")
    by_name = {(row.content_type.app_label, row.codename): row for row in rows}
    for name in missing:
        wanted = all_permissions(name)
        if wanted <= by_name.keys():
            groups.create(name=name).permissions.set([by_name[key] for key in wanted])
