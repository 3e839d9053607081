"""Messages held for staff review: they aren't in the log, and only their sender sees them."""
