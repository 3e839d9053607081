"""The staff's desk: one queue of everything that waits for a decision."""
