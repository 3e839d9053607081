"""The audit trail has nothing about people who use the site, only about what staff did."""

from trato.personal_data import Part

PART = Part(relations={"audit.AuditEntry.actor": "left out: only staff act"})
