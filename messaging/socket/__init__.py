"""The parts of a `ChatConsumer`: what one tab's socket does, one module per concern."""
