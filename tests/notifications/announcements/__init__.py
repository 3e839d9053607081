"""Staff announcements."""
