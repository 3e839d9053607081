"""What is done to the audit trail itself, as its entries say it."""

ERASED = "auditentry.erased"
EXPORTED = "auditentry.exported"
EVERYTHING = "auditentry"  # the subject of an export


def subject_of(entry_id: int) -> str:
    """Return an entry as the subject of another one."""
    return f"auditentry:{entry_id}"
