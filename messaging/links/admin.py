"""Link hosts in the admin. The base class records who adds, changes or deletes one."""

from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import HttpRequest

from messaging import link_hosts
from messaging.due.loop import wake
from messaging.models import LinkHost
from trato.admin.bases import StaffAdmin

from .forms import LinkHostForm


@admin.register(LinkHost)
class LinkHostAdmin(StaffAdmin[LinkHost]):
    form = LinkHostForm
    list_display = ("host", "action", "note", "created_at")
    list_filter = ("action",)
    search_fields = ("host", "note")
    fields = ("host", "action", "note")
    ordering = ("host",)

    def _record(self, request: HttpRequest, row: Any, verb: str, details: str) -> None:
        super()._record(request, row, verb, details)
        transaction.on_commit(_apply)


def _apply() -> None:
    """Reload the list in this process now; others do so within `LINK_HOSTS_SECONDS`."""
    link_hosts.forget()
    wake()
