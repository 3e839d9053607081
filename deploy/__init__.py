"""How Trato runs on servers, and `cluster`, which runs the same on one machine."""
