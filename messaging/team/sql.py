"""The team's part in the send statement: which replies assign, and whom a message alerts.

The statement has an expression `active_member(shop_id, user_id)`.
"""

from messaging.models import AlertChoice, TeamRules


def takes(attempt: str) -> str:
    """Return `queries.takes` as an SQL expression; false for the shopper's messages.

    The usual cases, the shopper's messages and the assignee's replies, need no lookup.

    Args:
        attempt: the alias of an attempt with `side`, `sender_id`, `shop_id` and `assignee_id`.
    """
    return f"""CASE
        WHEN {attempt}.side = 'consumer' OR {attempt}.assignee_id = {attempt}.sender_id THEN false
        WHEN {attempt}.assignee_id IS NOT NULL AND (
             SELECT count(*) > 0 FROM active_member w
             WHERE w.shop_id = {attempt}.shop_id AND w.user_id = {attempt}.assignee_id) THEN false
        ELSE EXISTS (SELECT FROM active_member w
                     WHERE w.shop_id = {attempt}.shop_id AND w.user_id <> {attempt}.sender_id
                     OFFSET 0)
             AND coalesce((SELECT r.replying_takes FROM {TeamRules._meta.db_table} r
                           WHERE r.shop_id = {attempt}.shop_id), true)
        END"""


def silent(news: str) -> str:
    """Return a SELECT of the members whom a shopper's message doesn't alert.

    `queries.alerted` is the same in Python. If nobody has chosen anything, this costs one index
    lookup.

    Args:
        news: the alias of a row with `team_id`, the shop, and the conversation's `assignee_id`.
    """
    level = AlertChoice.Level
    return f"""SELECT a.user_id FROM {AlertChoice._meta.db_table} a
        WHERE a.shop_id = {news}.team_id AND NOT coalesce(CASE a.level
            WHEN '{level.MINE_AND_NOBODYS}' THEN
                {news}.assignee_id IS NULL OR {news}.assignee_id = a.user_id
                OR (SELECT count(*) = 0 FROM active_member m
                    WHERE m.shop_id = {news}.team_id AND m.user_id = {news}.assignee_id)
            WHEN '{level.MINE}' THEN {news}.assignee_id = a.user_id
            ELSE false END, false)"""
