"""Do work that is due at a certain time, such as sending a scheduled message.

A feature keeps its due work in rows and has a sweep: a function that does part of the work. Each
server process calls all sweeps (`messaging.sweeps`) every few seconds, and right after `wake`.
Several processes call them at the same time, and any process may be killed, so a sweep claims its
rows (`claims.claimed`) in the transaction that does the work.

A snooze needs no job: `filtering.filters` compares times.
"""
