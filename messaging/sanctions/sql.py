"""Sanctions in SQL: for the statement that stores messages, and for the ORM under its lock.

A send reads the sanctions as they were when its statement began, which takes milliseconds. A later
attempt reads them again.
"""

from messaging.models import Sanction
from messaging.sanctions.models import in_force_sql

SANCTION = Sanction._meta.db_table


def is_sanctioned(person_id: str) -> str:
    """Return the expression for whether any sanction is in force; hardly anybody has one.

    It is a scalar sub-select, as in `sending.statement`: EXISTS would become a join.
    """
    return f"""(SELECT count(*) > 0 FROM {SANCTION} s
                WHERE s.person_id = {person_id} AND {in_force_sql("s")})"""


def muted_until(person_id: str) -> str:
    """Return the expression for the time until which a person is muted; NULL if they aren't."""
    return f"""(SELECT max(s.ends_at) FROM {SANCTION} s
                WHERE s.person_id = {person_id} AND s.kind = '{Sanction.Kind.MUTE}'
                  AND {in_force_sql("s")})"""
