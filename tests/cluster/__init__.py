"""What holds through nginx, with two Daphnes, PostgreSQL and Redis behind it."""
