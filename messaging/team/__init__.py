"""What the members of a shop share about a conversation, hidden from shoppers."""
