"""The audit trail: an append-only record of what staff did and looked at."""
