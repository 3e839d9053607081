"""Verbs for actions on the audit trail itself."""

ERASED = "auditentry.erased"
EXPORTED = "auditentry.exported"
EVERYTHING = "auditentry"  # the subject of an export


def subject_of(entry_id: int) -> str:
    """Return the subject of an entry that is about another entry."""
    return f"auditentry:{entry_id}"
