"""Items that await a staff decision: one case per item, however many people report it."""
