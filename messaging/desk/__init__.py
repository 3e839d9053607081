"""The staff's desk: one queue of everything that awaits a decision."""
