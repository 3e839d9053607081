"""Pictures and PDFs in messages: uploaded first, then sent with a message."""
