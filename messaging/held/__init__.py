"""Messages held for a review by staff: they aren't in the log, and only their sender sees them."""
