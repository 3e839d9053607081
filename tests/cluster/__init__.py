"""Tests through nginx, with Daphnes, PostgreSQL and Redis behind it."""
