"""Do work that is due at a certain time, such as sending a scheduled message.

A feature keeps what is due in rows and has a sweep: a function that does some of it. Each server
process asks all sweeps (`messaging.sweeps`) every few seconds, and at once after `wake`. Several
processes ask at the same time, and any of them may be killed, so a sweep claims its rows
(`claims.claimed`) in the transaction that does the work.
"""
