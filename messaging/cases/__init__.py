"""What waits for staff: one case for each thing, however many people report it."""
