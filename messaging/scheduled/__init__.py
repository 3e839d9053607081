"""Send later: a shop's team writes a message now, and it is sent at a chosen time."""
