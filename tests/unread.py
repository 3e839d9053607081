"""The number of notifications that a person has not read."""

from notifications.queries import unread_counts


def unread_count(user_id: int) -> int:
    """Return the number that the person's badge shows."""
    return unread_counts([user_id])[user_id].total
