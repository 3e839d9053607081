"""How are we doing: how fast a shop answers, by a fair clock, and what it is asked."""
