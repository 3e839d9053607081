"""The team's shared data about a conversation. Shoppers never see it."""
