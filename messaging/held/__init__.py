"""Messages that wait for staff to look at them: outside the log, seen by their sender only."""
