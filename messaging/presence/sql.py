"""People's choices of what to hide, as part of the statement for read marks."""

from messaging.models import PresenceChoice

CHOICE = PresenceChoice._meta.db_table


def hides_read(user_id: str) -> str:
    """Return the condition that this person hides how far they have read."""
    return f"EXISTS (SELECT FROM {CHOICE} h WHERE h.user_id = {user_id} AND h.hides_read)"
