"""Staff write to both sides of a conversation, with a mark that nobody else's words can have."""
