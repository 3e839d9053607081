"""The verbs for acts on the audit trail itself, as its entries record them."""

ERASED = "auditentry.erased"
EXPORTED = "auditentry.exported"
EVERYTHING = "auditentry"  # the subject of an export


def subject_of(entry_id: int) -> str:
    """Return the subject for an entry that is about another entry."""
    return f"auditentry:{entry_id}"
