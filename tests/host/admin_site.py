"""The other project's admin: the same rules for its pages, but another login."""

from django.contrib.admin.apps import AdminConfig


class HostAdminConfig(AdminConfig):
    default_site = "trato.admin.site.StaffSite"
