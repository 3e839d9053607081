from typing import Any

from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from trato.text import folded


class MessagingConfig(AppConfig):
    name = "messaging"
    verbose_name = _("Conversations")

    def ready(self) -> None:
        from . import checks  # noqa: F401 – registers them
        from .moderation import permissions
        from .rules import first_rules

        post_migrate.connect(permissions.make_group, sender=self, dispatch_uid="trato-moderators")
        post_migrate.connect(first_rules.make_rules, sender=self, dispatch_uid="trato-rules")
        connection_created.connect(_add_folding, dispatch_uid="trato-folding")


def _add_folding(connection: Any, **kwargs: Any) -> None:
    """Give SQLite the function that folds messages for searches (migration 0002)."""
    if connection.vendor == "sqlite":
        connection.connection.create_function("trato_folded", 1, folded, deterministic=True)
