"""All of a person's data as a ZIP: a page to read, JSON, files, and each conversation as a whole.

    index.html data.json
    files/<table>/<row>-<name>
    conversations/<id> <counterpart>/conversation.html conversation.json files/…

Apps define its contents, see `trato.personal_data`. Only one conversation or some rows are in
memory at a time.
"""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any

import msgspec
from django.conf import settings
from django.core.files.storage import storages
from django.template.loader import render_to_string
from django.utils import timezone

from messaging.models import Conversation, Side
from trato.clock import database_now
from trato.people import Person
from trato.personal_data import ROWS_AT_ONCE, StoredCopy, Table, parts

from .archive import Archive, Pieces
from .contents import IN_MEMORY_BYTES, collect
from .names import cleaned

VERSION = 1  # of `data.json`
NAME_MAX_BYTES = 60
TEMPLATES = "messaging/exports/everything_"

AfterPage = Callable[[], object]


@dataclass
class _Texts:
    """The page and the JSON while they grow, and the files that they name."""

    page: IO[bytes]
    json: IO[bytes]
    files: list[tuple[str, StoredCopy]] = field(default_factory=list)


def pieces(person: Person, revisions: dict[str, int], after_page: AfterPage) -> Pieces:
    """Yield the ZIP of a person's data, in the current language and time zone.

    Args:
        revisions: filled with each conversation's revision as it was read, by its key.
        after_page: called after some rows or messages; an exception from it ends the work.
    """
    at = database_now()
    archive = Archive(timezone.get_current_timezone())
    folders: dict[int, str] = {}
    for talk in _conversations(person):
        name = cleaned(talk.counterpart_of(Side.CONSUMER), NAME_MAX_BYTES)
        folders[talk.pk] = f"conversations/{f'{talk.pk} {name}'.strip()}/"
        revisions[str(talk.pk)] = talk.revision
        contents = collect(talk, Side.CONSUMER, after_page)
        yield from archive.add_conversation(contents, folders[talk.pk])
    with (
        tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as page,
        tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES) as json,
    ):
        texts = _Texts(page, json)
        _write(texts, person, at, folders, after_page)
        for name, text in (("index.html", page), ("data.json", json)):
            text.seek(0)
            yield from archive.add_text(name, text, at)
    for path, file in texts.files:
        yield from archive.add_stored(path, storages[file.storage], file.stored_name, at)
        after_page()
    yield archive.end()


def _conversations(person: Person) -> Iterator[Conversation]:
    keys = Conversation.objects.filter(consumer_id=person.pk).order_by("pk")
    for key in list(keys.values_list("pk", flat=True)):
        # Read right before its messages, see `collect`.
        yield Conversation.objects.select_related("consumer", "shop").get(pk=key)


def _write(
    texts: _Texts, person: Person, at: datetime, folders: dict[int, str], after_page: AfterPage
) -> None:
    context = {
        "exported_at": at,
        "time_zone": timezone.get_current_timezone_name(),
        "site": settings.SITE_NAME,
    }
    _render(texts, "head", context)
    head = {"version": VERSION, "site": settings.SITE_NAME, "person": person.pk, "exported_at": at}
    texts.json.write(msgspec.json.encode(head).removesuffix(b"}"))
    for part in parts():
        for table in part.tables:
            _write_table(texts, table, person, folders, after_page)
    texts.json.write(b"}\n")
    _render(texts, "foot", context)


def _write_table(
    texts: _Texts, table: Table, person: Person, folders: dict[int, str], after_page: AfterPage
) -> None:
    columns = table.labelled(table.rows(person).model)
    texts.json.write(b",\n" + msgspec.json.encode(table.key) + b":[")
    rows: list[dict[str, Any]] = []
    count = 0
    for count, row in enumerate(table.each(person), 1):
        cells = table.cells(row)
        files = [(_path(table, row.pk, file), file) for file in table.files(row)]
        texts.files += files
        values = {name: cell.value for (name, _label), cell in zip(columns, cells, strict=True)}
        if files:
            values["files"] = [path for path, _file in files]
        texts.json.write(b"\n" if count == 1 else b",\n")
        texts.json.write(msgspec.json.encode(values))
        shown = zip((label for _name, label in columns), cells, strict=True)
        folder = folders.get(row.pk, "") if table.key == "conversations" else ""
        rows.append({"cells": list(shown), "files": files, "folder": folder})
        if len(rows) == ROWS_AT_ONCE:
            _render(texts, "rows", {"table": table, "rows": rows, "is_first": count == len(rows)})
            rows = []
            after_page()
    texts.json.write(b"\n]" if count else b"]")
    if rows:
        _render(texts, "rows", {"table": table, "rows": rows, "is_first": count == len(rows)})
    after_page()


def _path(table: Table, key: int, file: StoredCopy) -> str:
    name = cleaned(file.name.rpartition("/")[2], NAME_MAX_BYTES * 2)
    stem, dot, extension = file.stored_name.rpartition(".")
    if dot and stem and not name.endswith(f".{extension}"):
        name += f".{extension}"
    return f"files/{table.key}/{key}-{name}"


def _render(texts: _Texts, name: str, context: dict[str, Any]) -> None:
    texts.page.write(render_to_string(f"{TEMPLATES}{name}.html", context).encode())
