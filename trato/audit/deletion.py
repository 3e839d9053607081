"""The audit trail keeps who did what, even if the account is deleted. It holds no name."""

from trato.deletion import Part

PART = Part(relations={"audit.AuditEntry.actor": "kept: only staff act, and they can't delete"})
