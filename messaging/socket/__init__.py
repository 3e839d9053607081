"""The parts of a `ChatConsumer`: what one tab's socket does, one module for each concern."""
