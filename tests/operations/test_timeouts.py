"""Every wait of a connection to PostgreSQL has a limit."""

from typing import Any

import pytest
from django.db import connection

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL"),
]

LIMITS = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")


def test_a_lock_is_waited_for_less_long_than_a_statement_or_a_transaction() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY (%s)", [[*LIMITS]])
        milliseconds = {name: int(setting) for name, setting in cursor}
    waits = [milliseconds[name] for name in LIMITS]
    assert 0 < waits[0] < waits[1] < waits[2]


def test_a_silent_network_is_given_up_before_a_statement() -> None:
    given: dict[str, Any] = connection.get_connection_params()
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting FROM pg_settings WHERE name = 'statement_timeout'")
        (statement,) = cursor.fetchone()
    assert 0 < given["tcp_user_timeout"] < int(statement)
    assert 0 < given["keepalives_idle"] + given["keepalives_interval"] < int(statement) / 1000
    assert 0 < given["connect_timeout"] < int(statement) / 1000
