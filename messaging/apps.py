from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    name = "messaging"
    verbose_name = _("Conversations")

    def ready(self) -> None:
        from . import moderators

        post_migrate.connect(moderators.make_group, sender=self, dispatch_uid="trato-moderators")
