"""Places in a long conversation."""
