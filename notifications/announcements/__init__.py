"""Announcements: what staff tell all shoppers, all sellers, or everybody."""
