"""Send later: messages that a shop's team writes now and that are sent at a chosen time."""
