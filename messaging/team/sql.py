"""Whether a reply takes a conversation, as a part of the statement that stores messages."""

from messaging.models import TeamRules


def takes(attempt: str) -> str:
    """Return the expression that is the same as `queries.takes`; false for the shopper's messages.

    The usual cases, the shopper's messages and the assignee's replies, look nothing up.

    Args:
        attempt: the alias of an attempt with `side`, `is_automatic`, `sender_id`, `shop_id` and
            `assignee_id`. The statement has an expression `active_member(shop_id, user_id)`.
    """
    return f"""CASE
        WHEN {attempt}.side = 'consumer' OR {attempt}.is_automatic
             OR {attempt}.assignee_id = {attempt}.sender_id THEN false
        WHEN {attempt}.assignee_id IS NOT NULL AND (
             SELECT count(*) > 0 FROM active_member w
             WHERE w.shop_id = {attempt}.shop_id AND w.user_id = {attempt}.assignee_id) THEN false
        ELSE EXISTS (SELECT FROM active_member w
                     WHERE w.shop_id = {attempt}.shop_id AND w.user_id <> {attempt}.sender_id
                     OFFSET 0)
             AND coalesce((SELECT r.replying_takes FROM {TeamRules._meta.db_table} r
                           WHERE r.shop_id = {attempt}.shop_id), true)
        END"""
