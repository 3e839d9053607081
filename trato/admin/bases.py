"""ModelAdmin bases: what every page of staff keeps to, and large or read-only lists."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, TypeVar, cast

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.core.paginator import Paginator
from django.db import connection, transaction
from django.db.models import BooleanField, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.translation import gettext

from trato.admin.forms import StaffForm
from trato.audit.actions import record
from trato.people import Person

PAGED_MAX = 10_000  # rows of a large list that can be paged through
REFERRED_MAX = 200  # people, shops or products whose rows one search shows
KEY_DIGITS = 18  # of the longest key that a database takes
# What Django's filters and date hierarchies put behind a field's name in an address.
FILTER_LOOKUPS = ("exact", "isnull", "isempty", "gte", "lt", "year", "month", "day")

M = TypeVar("M", bound=Model)


class StaffAdmin(admin.ModelAdmin[M]):
    """The rules for every page of the admin. `StaffSite` registers nothing else.

    Whatever is added, changed or deleted is in the audit trail, in the same transaction. An
    address or a search cannot ask for a column that the pages do not show.

    Args:
        shown_of_others: columns of other models that stand on these pages, such as `user__name`.
            Everybody who may read the page may search by them.
    """

    form = StaffForm
    shown_of_others: tuple[str, ...] = ()

    # -- what an address may ask for -----------------------------------------------------------

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what the list's own filters and dates ask for, and keys.

        Django allows each column of the model, so that `?password__startswith=` reads a hash
        letter by letter.
        """
        return lookup in self._allowed_lookups(request)

    def _allowed_lookups(self, request: HttpRequest) -> Iterator[str]:
        for key in ("pk", self.opts.pk.name):
            yield from (key, f"{key}__exact", f"{key}__in")
        paths: list[str] = [self.date_hierarchy] if self.date_hierarchy else []
        for chosen in self.get_list_filter(request):
            if isinstance(chosen, type) and issubclass(chosen, SimpleListFilter):
                yield str(chosen.parameter_name)
            else:
                paths.append(str(chosen[0] if isinstance(chosen, tuple) else chosen))
        for name in paths:
            yield name
            yield from (f"{name}__{lookup}" for lookup in FILTER_LOOKUPS)
            field: Any = get_fields_from_path(self.model, name)[-1]
            if field.is_relation:
                yield f"{name}__{field.target_field.name}__exact"

    def get_search_fields(self, request: HttpRequest) -> list[str]:
        """The columns that a search looks at, those of other models where one may read them."""
        return [name for name in super().get_search_fields(request) if self.may_ask(request, name)]

    def may_ask(self, request: HttpRequest, name: str) -> bool:
        """Whether a search may look at the column behind `name`, such as `user__email`.

        A search on a column gives its content away, one letter after the other.
        """
        name = name.lstrip("=^@")
        if "__" not in name or name in self.shown_of_others:
            return True
        *relations, _column = cast(list[Any], get_fields_from_path(self.model, name))
        return all(may_view(person_of(request), field.related_model) for field in relations)

    # -- what is on record ---------------------------------------------------------------------

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> M | None:
        """The row; held until the end of the request by who changes it, so that they take turns."""
        row = super().get_object(request, object_id, from_field)
        if row is None or request.method != "POST" or not connection.in_atomic_block:
            return row
        rows = self.model._default_manager.select_for_update(no_key=True)
        rows.filter(pk=row.pk).values_list("pk").first()
        return super().get_object(request, object_id, from_field)

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:
        """Write what the form changed and no more: the rest may be somebody else's change."""
        if not change:
            super().save_model(request, obj, form, change)
        elif form.changed_data:
            obj.save(
                update_fields=[
                    field.name
                    for field in self.opts.concrete_fields
                    if field.name in form.changed_data or getattr(field, "auto_now", False)
                ]
            )

    def save_related(self, request: Any, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        parts = [*_changes(form)]
        for formset in formsets:
            for verb, rows in (
                ("added", formset.new_objects),
                ("changed", [row for row, _names in formset.changed_objects]),
                ("deleted", formset.deleted_objects),
            ):
                parts += [f"{verb} {row._meta.model_name}:{row.pk}" for row in rows]
        request.nothing_changed = change and not parts
        if not request.nothing_changed:
            self._record(request, form.instance, "changed" if change else "added", "; ".join(parts))

    def delete_model(self, request: HttpRequest, obj: M) -> None:
        self._record(request, obj, "deleted", str(obj))
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[M]) -> None:
        with transaction.atomic():
            for row in queryset:
                self._record(request, row, "deleted", str(row))
            super().delete_queryset(request, queryset)

    def _record(self, request: HttpRequest, row: Model, verb: str, details: str) -> None:
        name = self.opts.model_name
        record(person_of(request), f"{name}.{verb}", f"{name}:{row.pk}", details)

    def response_change(self, request: Any, obj: M) -> HttpResponse:
        """Go on, and say so where the form was sent without a change."""
        if not request.nothing_changed:
            return super().response_change(request, obj)
        self.message_user(request, gettext("Nothing was changed."), messages.WARNING)
        if "_continue" in request.POST:
            return HttpResponseRedirect(request.get_full_path())
        return self.response_post_save_change(request, obj)


def _changes(form: Any) -> Iterator[str]:
    """What a form changed, for the record: rights, choices and relations with their values."""
    for name in form.changed_data:
        field = form.instance._meta.get_field(name)
        before, after = form.initial.get(name), form.cleaned_data.get(name)
        if field.many_to_many:
            old, new = ({_named(row) for row in rows or ()} for rows in (before, after))
            signs = [f"+{row}" for row in sorted(new - old)]
            signs += [f"-{row}" for row in sorted(old - new)]
            yield f"{name}: {' '.join(signs)}"
        elif isinstance(field, BooleanField) or field.choices or field.is_relation:
            yield f"{name}: {before} → {getattr(after, 'pk', after)}"
        else:
            yield name


def _named(row: Any) -> str:
    """A permission by its codename, which no language changes; anything else by its own words."""
    return str(getattr(row, "codename", row))


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


class BoundedPaginator(Paginator[Any]):
    """Counts no further than somebody would page: the rest are found by filters and search."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.object_list, QuerySet):
            self.object_list = self.object_list[:PAGED_MAX]


class LargeAdmin(ReadOnlyAdmin, StaffAdmin[M]):
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
        found_by = (name for name in self.found_by if self.may_ask(request, name))
        for name, columns in groupby(found_by, lambda path: path.partition("__")[0]):
            related: Any = self.model._meta.get_field(name).related_model
            conditions = [(f"{column.partition('__')[2]}__icontains", text) for column in columns]
            named = related._default_manager.filter(Q(*conditions, _connector=Q.OR))
            keys = named.values_list("pk", flat=True)
            wanted |= Q((f"{name}__in", list(keys[:REFERRED_MAX])))
        return queryset.filter(wanted), False


def person_of(request: HttpRequest) -> Person:
    """Who asks, on a page that the admin lets only staff see."""
    return cast(Person, request.user)


def may_view(user: Person, model: type[Model]) -> bool:
    """Whether somebody of the staff may read the rows of a model here."""
    return user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")


def page_link(model: type[Model], key: object, text: object) -> str:
    """A link to a row's page in the admin, or the text alone where its model has none."""
    options = model._meta
    try:
        address = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[key])
    except NoReverseMatch:
        return str(text)
    return format_html('<a href="{}">{}</a>', address, text)
