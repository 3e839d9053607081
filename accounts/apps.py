from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from . import (
            names_for_staff,
            security_events,  # noqa: F401 – its receivers
        )

        names_for_staff.give_names()
