"""React to a message, to say thank you without writing: nothing rings, and nobody has to answer."""
