"""What the ASGI servers do differently for this site."""
