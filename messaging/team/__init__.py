"""What the members of a shop share about a conversation, and shoppers never learn of."""
