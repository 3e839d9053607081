"""Trust in people; spam protection against the same text to many shops, and floods of messages."""
