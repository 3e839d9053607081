"""How fast a shop answers: how fast a shop answers, by a fair clock, and what it is asked."""
