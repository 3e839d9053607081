"""The demo shop: who is there, what they sell, and pictures of it that are drawn here."""
