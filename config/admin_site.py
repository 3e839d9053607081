"""Django's admin with the staff desk in the place of its default site."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """Put this into INSTALLED_APPS instead of `django.contrib.admin`."""

    default_site = "accounts.staff_site.SecondFactorSite"
