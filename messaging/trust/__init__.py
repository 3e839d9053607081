"""Who is trusted how far, and what that holds: the same text to many shops, and floods."""
