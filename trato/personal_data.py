"""Export a person's own data: each app defines which of its rows belong to a person.

The setting `PERSONAL_DATA_PARTS` lists the `Part`s (GDPR, articles 15 and 20). The export contains
only what the person gave, did or was told: no secrets, nobody else's text, nothing internal to
staff.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model, QuerySet
from django.db.models.fields.files import FieldFile
from django.utils.functional import Promise
from django.utils.module_loading import import_string

ROWS_AT_ONCE = 500  # in memory
PLAIN = (str, int, float, bool, date, datetime, list, dict, type(None))  # JSON has them too


class StoredCopy(NamedTuple):
    """A stored file that belongs to a row.

    Args:
        storage: a key of `STORAGES`.
        stored_name: the file's name there.
        name: the name that people see.
    """

    storage: str
    stored_name: str
    name: str


class Cell(NamedTuple):
    """One value of a row, as stored and in words; `text` is None where they are the same."""

    value: Any
    text: str | None


@dataclass(frozen=True)
class Table:
    """Rows of one kind.

    Args:
        key: its name in the JSON.
        title: its name for people, translated later.
        rows: returns a person's rows in any order, with `select_related` for the relations that
            the columns follow.
        columns: each column's path, such as `name` or `shop.name`, with a label if the path isn't
            a field's.
        files: returns the stored files of a row.
    """

    key: str
    title: str | Promise
    rows: Callable[[Any], QuerySet[Any]]
    columns: Sequence[str | tuple[str, str | Promise]]
    files: Callable[[Any], Sequence[StoredCopy]] = lambda row: ()

    def labelled(self, model: type[Model]) -> list[tuple[str, str]]:
        """Return the columns' names in the JSON and their labels in the current language."""
        return [(_path(column).replace(".", "_"), _label(model, column)) for column in self.columns]

    def cells(self, row: Model) -> list[Cell]:
        """Return a row's values, in the order of the columns."""
        return [_cell(row, _path(column)) for column in self.columns]

    def each(self, person: Any) -> Iterator[Model]:
        """Yield a person's rows, loaded in batches, so that no connection is held in between."""
        rows, last = self.rows(person).order_by("pk"), None
        while chunk := list((rows if last is None else rows.filter(pk__gt=last))[:ROWS_AT_ONCE]):
            yield from chunk
            last = chunk[-1].pk


@dataclass(frozen=True)
class Part:
    """One app's part.

    Args:
        tables: the person's rows.
        relations: every foreign key to the user model in the app, as `app_label.Model.field`, with
            the key of its table, or why its rows are not in the data. A test compares them with the
            models.
    """

    tables: Sequence[Table] = ()
    relations: Mapping[str, str] = field(default_factory=dict)


def parts() -> list[Part]:
    """Return all apps' parts, in the order in which people read them."""
    return [import_string(path) for path in settings.PERSONAL_DATA_PARTS]


def _path(column: str | tuple[str, str | Promise]) -> str:
    return column if isinstance(column, str) else column[0]


def _label(model: type[Model], column: str | tuple[str, str | Promise]) -> str:
    if not isinstance(column, str):
        return str(column[1])
    name: str = str(model._meta.get_field(column.partition(".")[0]).verbose_name)  # type: ignore[union-attr]
    return name[:1].upper() + name[1:]


def _cell(row: Any, path: str) -> Cell:
    owner, value = row, row
    for name in path.split("."):
        owner, value = value, getattr(value, name, None)
        if callable(value):
            value = value()
    if isinstance(value, FieldFile):
        value = value.name or ""
    elif isinstance(value, Promise) or not isinstance(value, PLAIN):
        value = str(value)
    return Cell(value, _words(owner, path.rpartition(".")[2], value))


def _words(owner: Any, name: str, value: Any) -> str | None:
    """Return a value in words: the row's `<name>_text`, or the label of a choice."""
    if words := getattr(owner, f"{name}_text", ""):
        return str(words)
    try:
        choices = owner._meta.get_field(name).flatchoices
    except (AttributeError, FieldDoesNotExist):
        return None
    chosen = dict(choices).get(value)
    return None if chosen is None else str(chosen)
