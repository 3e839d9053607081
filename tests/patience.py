"""The time that a test waits for something that has to happen.

A test waits for an event and fails if it doesn't happen; it never fails because a slow machine is
late. `make bench` measures how long things take.
"""

PATIENCE = 60.0  # seconds; nothing that works takes nearly as long, even on a busy machine
