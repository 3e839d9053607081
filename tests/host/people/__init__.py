"""The other shop's people: without a role, and with other field names."""
