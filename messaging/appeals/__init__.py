"""My standing: people read what staff decided about them, and may appeal each decision once."""
