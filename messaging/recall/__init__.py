"""Recall a scam: find its copies, remove them all together, and warn those who got one."""
