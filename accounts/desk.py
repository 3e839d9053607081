"""Parts of the staff desk that the apps' admins share."""

from collections.abc import Callable
from itertools import groupby
from typing import Any, TypeVar, cast

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .models import User

REASON_MAX = 2000  # characters
PAGED_MAX = 10_000  # rows of a large list that can be paged through
REFERRED_MAX = 200  # people, shops or products whose rows one search shows
KEY_DIGITS = 18  # of the longest key that a database takes


class ReasonForm(forms.Form):
    """Why: every act of staff needs it."""

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 5, "class": "vLargeTextField"}),
        max_length=REASON_MAX,
    )


class KeptAdmin:
    """Neither added nor deleted by staff: put before `ModelAdmin` among the bases."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(KeptAdmin):
    """To be read alone."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


M = TypeVar("M", bound=Model)


class BoundedPaginator(Paginator[Any]):
    """Counts no further than somebody would page: the rest are found by filters and search."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.object_list, QuerySet):
            self.object_list = self.object_list[:PAGED_MAX]


class LargeAdmin(ReadOnlyAdmin, admin.ModelAdmin[M]):
    """A read-only list of millions of rows, the newest first: no page of it reads all of them.

    Give it no `date_hierarchy` and no filter by a column's values: to draw those the admin reads
    the whole table.

    Args:
        found_by: what a search looks at, as `foreign key__column`. The rows behind the foreign keys
            are found first, and then what refers to them by key. A number is compared with the
            keys that `search_fields` names instead.
    """

    paginator = BoundedPaginator
    show_full_result_count = False
    ordering = ("-pk",)
    found_by: tuple[str, ...] = ()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        text = search_term.strip()
        if not text:
            return queryset, False
        wanted = Q(pk__in=[])
        if text.isdecimal():
            for field in self.search_fields if len(text) <= KEY_DIGITS else ():
                wanted |= Q((str(field).removeprefix("="), int(text)))
            return queryset.filter(wanted), False
        for name, columns in groupby(self.found_by, lambda path: path.partition("__")[0]):
            related: Any = self.model._meta.get_field(name).related_model
            conditions = [(f"{column.partition('__')[2]}__icontains", text) for column in columns]
            named = related._default_manager.filter(Q(*conditions, _connector=Q.OR))
            keys = named.values_list("pk", flat=True)
            wanted |= Q((f"{name}__in", list(keys[:REFERRED_MAX])))
        return queryset.filter(wanted), False


def person_of(request: HttpRequest) -> User:
    """Who asks, on a page that the admin lets only staff see."""
    return cast(User, request.user)


def page_link(model: type[Model], key: object, text: object) -> str:
    """A link to a row's page in the admin, or the text alone where its model has none."""
    options = model._meta
    try:
        address = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[key])
    except NoReverseMatch:
        return str(text)
    return format_html('<a href="{}">{}</a>', address, text)


def act_with_reason(
    request: HttpRequest,
    title: str,
    act: Callable[[str], Any],
    *,
    model: type[Model],
    back: str,
    allowed: bool,
    about: str = "",
) -> HttpResponse:
    """Ask for a reason, do the act, go back.

    Args:
        title: what is about to be done, as a heading.
        act: takes the reason; may raise ValidationError.
        model: whose pages this one stands among.
        back: the address to return to, unless the request names another one of this site in
            `next`.
        allowed: whether this person may do it; the act checks for itself too.
        about: to whom or to what it is done.

    Raises:
        PermissionDenied: it is not allowed.
    """
    if not allowed:
        raise PermissionDenied
    wanted = request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()):
        back = wanted
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data["reason"])
        except ValidationError as error:
            form.add_error("reason", error)
        else:
            messages.success(request, gettext("Done, and written to the audit trail."))
            return HttpResponseRedirect(back)
    context = {
        **admin.site.each_context(request),
        "title": title,
        "opts": model._meta,
        "about": about,
        "form": form,
        "back": back,
    }
    return render(request, "admin/reason.html", context, status=400 if form.errors else 200)
