"""Internal notes: what the members of a shop write to each other about a conversation."""
