"""React to a message, for example to say thank you: notifies nobody, and needs no answer."""
