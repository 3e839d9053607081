"""`make bench-pages` can fill a database with all columns that the site's tables have."""

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from benchmarks.pages.fill import Size, fill

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL")

NAME = "test_filled"


@pytest.mark.django_db
def test_a_database_is_filled() -> None:
    template = connection.settings_dict["TEST"]["TEMPLATE"]
    if not template:
        pytest.skip("only `python -m tests.run` has a migrated database to begin with")
    parameters = connection.get_connection_params()
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    drop = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(NAME))
    with psycopg.connect(**{**parameters, "autocommit": True}) as server:
        server.execute(drop)
        server.execute(create.format(sql.Identifier(NAME), sql.Identifier(template)))
        try:
            info = server.info
            fill(f"postgres://{info.user}@{info.host}:{info.port}/{NAME}", Size(1000))
            with psycopg.connect(**{**parameters, "dbname": NAME}) as filled:
                row = filled.execute(
                    "SELECT (SELECT count(*) FROM messaging_message), "
                    "(SELECT count(*) FROM messaging_report), (SELECT count(*) FROM messaging_case)"
                ).fetchone()
        finally:
            server.execute(drop)
    assert row
    messages, reports, cases = row
    assert messages > 900
    assert reports == cases == messages // 10
