"""How far each person is trusted; hold the same text to many shops, and floods of messages."""
