from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "trato.audit"
    label = "audit"
    verbose_name = _("Audit trail")

    def ready(self) -> None:
        """Refuse to start with unreadable keys, with which no staff action could be recorded."""
        from .sealing import keys

        keys()
