"""From an event to the sockets. Knows no model and no app."""
