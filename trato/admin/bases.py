"""ModelAdmin bases: rules for all staff pages, and large or read-only lists."""

from collections.abc import Iterator
from itertools import groupby
from typing import Any, ClassVar, TypeVar, cast

from django.contrib import admin, messages
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.core.paginator import Paginator
from django.db import IntegrityError, connection, transaction
from django.db.models import BooleanField, Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext

from trato.admin.forms import PLAIN_NUMBERS, StaffForm
from trato.audit.actions import record
from trato.people import Person

PAGED_MAX = 10_000  # rows of a large list that staff can page through
REFERRED_MAX = 200  # number of matching people, shops or products whose rows a search shows
KEY_DIGITS = 18  # of the longest key that a database accepts
# Suffixes that Django's filters and date hierarchies append to a field's name in a URL.
FILTER_LOOKUPS = ("exact", "isnull", "isempty", "gte", "lt", "year", "month", "day")

M = TypeVar("M", bound=Model)


class StaffAdmin(admin.ModelAdmin[M]):
    """The rules for every page of the admin. `StaffSite` registers nothing else.

    Every addition, change and deletion is recorded in the audit trail, in the same transaction.
    Neither a URL nor a search can query a column that the pages don't show.

    Args:
        shown_of_others: columns of other models on these pages, such as `user__name`. Anybody who
            may view the page can search by them.
    """

    form = StaffForm
    formfield_overrides: ClassVar[dict[Any, Any]] = PLAIN_NUMBERS
    shown_of_others: tuple[str, ...] = ()

    # -- what an address may query ---------------------------------------------------------------

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Allow only keys, and the list's own filters and dates.

        Django allows every column of the model, so `?password__startswith=` could reveal a hash
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
        """Return the columns to search, without columns of models that the person may not view."""
        return [name for name in super().get_search_fields(request) if self.may_ask(request, name)]

    def may_ask(self, request: HttpRequest, name: str) -> bool:
        """Whether a search may use the column behind `name`, such as `user__email`.

        Searching a column reveals its content letter by letter.
        """
        name = name.lstrip("=^@")
        if "__" not in name or name in self.shown_of_others:
            return True
        *relations, _column = cast(list[Any], get_fields_from_path(self.model, name))
        return all(may_view(person_of(request), field.related_model) for field in relations)

    def render_change_form(
        self,
        request: Any,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: M | None = None,
    ) -> HttpResponse:
        """Title the page of a row."""
        if obj is not None:
            context |= {"title": self.title_of(obj), "subtitle": None}
        return super().render_change_form(request, context, add, change, form_url, obj)

    def title_of(self, obj: M) -> str:
        """Return a row's kind and name, since many names are only a number."""
        return f"{capfirst(self.opts.verbose_name)} {obj}"

    # -- what is recorded ------------------------------------------------------------------------

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> M | None:
        """Return the row, locked until the end of the request if it may be changed."""
        row = super().get_object(request, object_id, from_field)
        if row is None or request.method != "POST" or not connection.in_atomic_block:
            return row
        rows = self.model._default_manager.select_for_update(no_key=True)
        rows.filter(pk=row.pk).values_list("pk").first()
        return super().get_object(request, object_id, from_field)

    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Validate a form again if another one, such as a second click's, just took its name."""
        try:
            return super().changeform_view(request, *args, **kwargs)
        except IntegrityError:
            return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: M, form: Any, change: bool) -> None:
        """Save only what the form changed: other columns may have changed meanwhile."""
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
        """Save the rows of the page's other forms; record each row's change as a separate entry."""
        # A deleted row forgets its key.
        deleted = [
            (form_of_row.instance._meta.model_name, form_of_row.instance.pk, "deleted", "")
            for formset in formsets
            for form_of_row in formset.deleted_forms
            if form_of_row.instance.pk
        ]
        super().save_related(request, form, formsets, change)
        acts = [
            (row._meta.model_name, row.pk, verb, "; ".join(names))
            for formset in formsets
            for verb, rows in (
                ("added", [(row, ()) for row in formset.new_objects]),
                ("changed", formset.changed_objects),
            )
            for row, names in rows
        ] + deleted
        details = "; ".join(_changes(form))
        request.nothing_changed = change and not details and not acts
        if details or not change:
            self._record(request, form.instance, "changed" if change else "added", details)
        for name, key, verb, names in acts:
            record(person_of(request), f"{name}.{verb}", f"{name}:{key}", names)

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
        """Redirect as usual, but warn people if their form changed nothing."""
        if not request.nothing_changed:
            return super().response_change(request, obj)
        self.message_user(request, gettext("Nothing was changed."), messages.WARNING)
        if "_continue" in request.POST:
            return HttpResponseRedirect(request.get_full_path())
        return self.response_post_save_change(request, obj)


def _changes(form: Any) -> Iterator[str]:
    """Describe for the audit trail what a form changed: rights, choices and relations by value."""
    columns = {field.name for field in form.instance._meta.get_fields()}
    for name in form.changed_data:
        if name not in columns:  # part of a column
            yield name
            continue
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
    """Return a permission's codename, which is never translated; for other objects, their name."""
    return str(getattr(row, "codename", row))


class KeptAdmin:
    """Staff can't add or delete rows. Put it before `ModelAdmin` in the list of bases."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class ReadOnlyAdmin(KeptAdmin):
    """Staff can only read the rows."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class BoundedPaginator(Paginator[Any]):
    """Counts no more rows than anybody would page through; filters and search find the others."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if isinstance(self.object_list, QuerySet):
            self.object_list = self.object_list[:PAGED_MAX]


class LargeAdmin(ReadOnlyAdmin, StaffAdmin[M]):
    """A read-only list of millions of rows, newest first. No page reads all of them.

    It must not have a `date_hierarchy` or a filter by a column's values: the admin reads the whole
    table to render them.

    Args:
        found_by: the columns to search, as `foreign key__column`. A search finds the rows behind
            the foreign keys first, and then the rows that refer to them. A search for a number
            uses the keys in `search_fields` instead.
    """

    paginator = BoundedPaginator
    show_full_result_count = False
    ordering: ClassVar[tuple[str, ...]] = ("-pk",)
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
    """Return the person who sent a request for a staff-only page."""
    return cast(Person, request.user)


def may_view(user: Person, model: type[Model]) -> bool:
    """Whether this staff member may view the model's rows here."""
    return user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")


def page_link(model: type[Model], key: object, text: object) -> str:
    """Link to a row's page in the admin; return only the text if its model has no page."""
    options = model._meta
    try:
        address = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[key])
    except NoReverseMatch:
        return str(text)
    return format_html('<a href="{}">{}</a>', address, text)
