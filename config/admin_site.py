"""Django's admin with `StaffSite` as its default site."""

from django.contrib.admin.apps import AdminConfig


class StaffAdminConfig(AdminConfig):
    """Put this into INSTALLED_APPS instead of `django.contrib.admin`."""

    default_site = "accounts.staff_site.SecondFactorSite"
