from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StoredFilesConfig(AppConfig):
    name = "trato.stored_files"
    label = "stored_files"
    verbose_name = _("Stored files")
