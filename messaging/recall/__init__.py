"""Recall a scam: find its copies, take them all back at once, and warn those who got one."""
