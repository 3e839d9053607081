"""Actions on one conversation or many: archive, star, snooze, label, assign and so on."""
