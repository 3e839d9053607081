"""Migrated databases; suites begin with copies of them.

A migration takes as long as some hundred tests, and ten suites need one. `python -m tests.template`
migrates the test database that the environment names.
"""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django

from deploy import services

NAME = "template"
DATABASE = f"test_{NAME}"  # as Django names it
CONNECTIONS = 600  # to PostgreSQL, of all suites
# Names in the environment of suites that start their own servers.
DATA_COPY, FILE_COPY = "TEST_POSTGRESQL_COPY", "TEST_SQLITE_COPY"


@dataclass
class Templates:
    """The migrated databases.

    Args:
        file: the SQLite database.
        server: the URL of the suites' PostgreSQL, without a database; empty if there is none.
        data: a copy of that server's data, for further servers.
    """

    file: Path
    server: str = ""
    data: Path | None = None

    @property
    def for_own_servers(self) -> dict[str, str]:
        """Return the environment that a suite with its own servers needs, see `postgresql`."""
        copies = {DATA_COPY: self.data, FILE_COPY: self.file}
        return {name: str(path) for name, path in copies.items() if path and path.exists()}


@contextlib.contextmanager
def postgresql(folder: Path, **options: str | int) -> Iterator[tuple[services.Server, bool]]:
    """Run a suite's own PostgreSQL, and tell whether its database is already migrated.

    Args:
        options: the server's settings.
    """
    copy = os.environ.get(DATA_COPY)
    place = (Path(copy), DATABASE) if copy else ()
    with services.postgresql(folder, *place, **options) as server:
        yield server, bool(copy)


def copied_to(file: Path) -> bool:
    """Copy the migrated SQLite file; return whether there is one."""
    copy = os.environ.get(FILE_COPY)
    if copy:
        shutil.copy(copy, file)
    return bool(copy)


def prepare(
    folder: Path, stack: contextlib.ExitStack, *, on_postgresql: bool, on_sqlite: bool
) -> Templates:
    """Start a PostgreSQL for all suites, and migrate the templates in parallel.

    Args:
        stack: stops what was started.

    Raises:
        SystemExit: a migration failed.
    """
    templates = Templates(folder / "template.sqlite3")
    environments = []
    if on_postgresql:
        server = stack.enter_context(services.postgresql(folder, max_connections=CONNECTIONS))
        templates.server = server.address.rpartition("/")[0]
        environments.append({"DATABASE_URL": f"{templates.server}/{NAME}"})
    if on_sqlite:
        name = str(templates.file)
        environments.append({"DATABASE_URL": "sqlite:///unused", "TEST_DATABASE_NAME": name})
    shared = {"DJANGO_SETTINGS_MODULE": "config.settings.test", "REDIS_URL": ""}
    command = [sys.executable, "-m", "tests.template"]
    migrations = [
        subprocess.Popen(command, env={**os.environ, **shared, **environment})
        for environment in environments
    ]
    codes = [migration.wait() for migration in migrations]
    if any(codes):
        raise SystemExit("The test database could not be migrated.")
    if on_postgresql:
        server.stop()
        templates.data = folder / "copy"
        services.copy_data(folder / "postgresql", templates.data)
        server.start()
    return templates


if __name__ == "__main__":
    django.setup()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    connection.close()
