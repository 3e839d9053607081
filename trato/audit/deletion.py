"""The audit trail records who did what, even after an account is deleted. It holds no name."""

from trato.deletion import Part

PART = Part(relations={"audit.AuditEntry.actor": "kept: only staff act, and they can't delete"})
