"""Migrated databases, which the suites begin with copies of.

A migration takes as long as some hundred tests, and eight suites need one. `python -m
tests.template` migrates the test database that the environment names.
"""

import contextlib
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import django

from deploy import services

NAME = "template"
DATABASE = f"test_{NAME}"  # as Django names it
CONNECTIONS = 600  # to PostgreSQL, of all suites


@dataclass
class Templates:
    """The migrated databases.

    Args:
        file: on SQLite.
        server: the address of the suites' PostgreSQL, without a database; empty if there is none.
    """

    file: Path
    server: str = ""


def prepare(
    folder: Path, stack: contextlib.ExitStack, *, on_postgresql: bool, on_sqlite: bool
) -> Templates:
    """Start a PostgreSQL for all suites, and migrate the templates, at the same time.

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
    return templates


if __name__ == "__main__":
    django.setup()
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    connection.close()
