"""Say next to a message which scam it looks like, to the side that receives it."""
