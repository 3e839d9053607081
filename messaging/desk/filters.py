"""The queues of the desk."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from messaging.cases import claims
from messaging.models import Case
from trato.admin.bases import person_of


class State(admin.SimpleListFilter):
    """Filter by state; shows open cases by default."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("closed", pgettext_lazy("cases", "Closed"))]

    def choices(self, changelist: ChangeList) -> Iterator[Any]:
        for value, title in [(None, pgettext_lazy("cases", "Open")), *self.lookup_choices]:
            address = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == value, "query_string": address, "display": title}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        return queryset.filter(closed_at__isnull=self.value() != "closed")


class Who(admin.SimpleListFilter):
    """Filter by who is working on a case."""

    title = _("who works on it")
    parameter_name = "who"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("nobody", _("Nobody")), ("me", _("I do"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        if self.value() == "nobody":
            return queryset.filter(claims.is_free())
        if self.value() == "me":
            me = person_of(request).pk
            return queryset.filter(claimed_by=me, claimed_at__gte=claims.expired_before())
        return queryset
