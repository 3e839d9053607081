"""Show a shop how fast it answers, by a fair clock, and what shoppers ask about."""
