"""Announcements by staff to all shoppers, all sellers, or everybody."""
