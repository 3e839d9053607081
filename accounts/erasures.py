"""The list of erased accounts, kept outside the database for use after a restore.

A backup still has accounts that were erased after it was made. Each line of the file is JSON: the
account's `id`, and when it `joined`, because a restored database may give the ID to somebody else.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path

import structlog
from django.conf import settings

from .models import User

log = structlog.get_logger("trato.accounts")


def read(path: Path) -> dict[int, str]:
    """Return when each erased account joined, by ID. Skips a line that was cut short."""
    erased = {}
    for line in path.read_text().splitlines() if path.exists() else []:
        try:
            entry = json.loads(line)
            erased[int(entry["id"])] = str(entry["joined"])
        except (ValueError, KeyError, TypeError):
            log.warning("erased_id_unreadable")
    return erased


def append(path: Path, people: Iterable[User]) -> None:
    """Add accounts to a file and wait until they are on disk."""
    lines = [json.dumps({"id": row.pk, "joined": row.date_joined.isoformat()}) for row in people]
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        # Begin with a line break, in case the last line was cut short.
        os.write(handle, "".join(f"\n{line}" for line in lines).encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def note(person: User) -> None:
    """List an account that was just erased. If that fails, `manage.py erased_ids` does it later."""
    if not settings.ERASED_IDS_FILE:
        return
    try:
        append(Path(settings.ERASED_IDS_FILE), [person])
    except OSError:
        log.exception("erased_id_not_written", user=person.pk)


def complete(path: Path) -> int:
    """Add the erased accounts that the file lacks; return how many were added."""
    listed = read(path)
    gone = User.objects.exclude(deleted_at=None).order_by("pk")
    missing = [row for row in gone if listed.get(row.pk) != row.date_joined.isoformat()]
    if missing:
        append(path, missing)
    return len(missing)
