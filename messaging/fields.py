"""Foreign keys to the shop around messaging, see `host`."""

from typing import Any

from django.conf import settings
from django.db import models


class HostForeignKey(models.ForeignKey[Any, Any]):
    """A foreign key to a model of the shop. Migrations name the setting, not the model."""

    @property
    def swappable_setting(self) -> str | None:
        names = ("MESSAGING_PRODUCT_MODEL", "MESSAGING_SHOP_MODEL")
        to = self.remote_field.model
        label = to if isinstance(to, str) else to._meta.label
        same = (name for name in names if getattr(settings, name).lower() == label.lower())
        return next(same, None)

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.ForeignKey", args, kwargs
