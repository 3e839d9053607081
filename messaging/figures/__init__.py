"""Show a shop how fast it replies, by a fair clock, and what shoppers ask about."""
