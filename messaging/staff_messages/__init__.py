"""Staff messages to both sides of a conversation, with a mark that no other text can have."""
