"""The part of the sanctions in the statement for sends.

A send reads the sanctions as they were when its statement began, which lasts milliseconds; what is
tried again later reads them again.
"""

from django.conf import settings

from messaging.models import Conversation, Message, Sanction
from messaging.sanctions.models import in_force_sql

SANCTION = Sanction._meta.db_table
CONVERSATION = Conversation._meta.db_table
MESSAGE = Message._meta.db_table


NONE = "(SELECT count(*) = 0 FROM sanctioned)"  # evaluated once for the statement


def sanctioned() -> str:
    """Read what is in force against the senders, once for all: nearly always nothing.

    OFFSET keeps the sub-select apart from the join, which could otherwise scan the table.
    """
    return f"""sanctioned AS MATERIALIZED (
        SELECT s.* FROM attempt a
        CROSS JOIN LATERAL (SELECT s.person_id, s.kind, s.ends_at FROM {SANCTION} s
                            WHERE s.person_id = a.sender_id AND {in_force_sql("s")} OFFSET 0) s
    )"""


def muted_until(person_id: str) -> str:
    """Return the expression for the time until which a person is muted; NULL if they aren't."""
    return f"""CASE WHEN {NONE} THEN NULL ELSE (
                    SELECT max(s.ends_at) FROM sanctioned s
                    WHERE s.person_id = {person_id} AND s.kind = '{Sanction.Kind.MUTE}') END"""


def is_over_limit(person_id: str, conversation: str) -> str:
    """Return `queries.is_over_limit` as an expression.

    Only a limited person's messages are counted.
    """
    return f"""CASE WHEN {NONE}
                OR (SELECT count(*) = 0 FROM sanctioned s
                    WHERE s.person_id = {person_id} AND s.kind = '{Sanction.Kind.LIMIT}')
                OR {conversation}.consumer_id <> {person_id}
                OR {_is_answered(conversation)} THEN false
           ELSE (SELECT coalesce(sum(n.sent), 0) FROM {CONVERSATION} k
                 CROSS JOIN LATERAL (SELECT count(*) AS sent FROM {MESSAGE} m
                                     WHERE m.conversation_id = k.id AND m.sender_id = {person_id}
                                       AND m.created_at > now() - interval '1 day') n
                 WHERE k.consumer_id = {person_id}
                   AND k.last_message_hour > now() - interval '25 hours'
                   AND NOT {_is_answered("k")}) >= {int(settings.LIMITED_MESSAGES_PER_DAY)} END"""


def _is_answered(conversation: str) -> str:
    # A scalar sub-select, like those in `sending.statement`: EXISTS would become a join.
    return f"""(SELECT count(*) > 0 FROM {MESSAGE} reply
                WHERE reply.conversation_id = {conversation}.id AND reply.side = 'seller'
                  AND NOT reply.is_automatic)"""
