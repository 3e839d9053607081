"""Names for allauth's apps, models and columns on staff pages, where allauth has none."""

from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

APPS = {"account": _("Emails"), "mfa": _("Two-step login"), "usersessions": _("Sessions")}
MODELS = {
    "mfa.Authenticator": (_("second step"), _("second steps")),
    "usersessions.UserSession": (_("session"), _("sessions")),
}
COLUMNS = {
    "mfa.Authenticator": {
        "user": _("person"),
        "type": _("kind"),
        "created_at": _("created"),
        "last_used_at": _("last used"),
    },
    "usersessions.UserSession": {
        "user": _("person"),
        "created_at": _("created"),
        "last_seen_at": _("last seen"),
        "ip": _("IP address"),
        "user_agent": _("browser"),
    },
}


def give_names() -> None:
    """Set the names once all apps are loaded. Migrations see only what models declare."""
    for label, name in APPS.items():
        config: Any = apps.get_app_config(label)
        config.verbose_name = name
    for model, names in MODELS.items():
        options: Any = apps.get_model(model)._meta
        options.verbose_name, options.verbose_name_plural = names
    for model, columns in COLUMNS.items():
        for column, name in columns.items():
            field: Any = apps.get_model(model)._meta.get_field(column)
            field.verbose_name = name
