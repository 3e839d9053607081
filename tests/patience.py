"""How long a test waits for something that has to happen.

A test waits for an event and fails when it does not come; it never fails because it comes late on
a slow machine. What takes how long is measured by `make bench`.
"""

PATIENCE = 30.0  # seconds; nothing that works takes nearly as long, even on a busy machine
