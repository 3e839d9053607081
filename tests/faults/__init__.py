"""A checker of the delivery promises, in the style of Jepsen, and the faults for it.

Clients (`client`, by the protocol of `tab`) log what they send and receive (`history`). Afterwards
a pure function (`checker`) compares the log with the database (`truth`). The servers, PostgreSQL,
Redis and nginx are real processes that the suite starts (`stack`); `scenarios` break them. The
servers hold some messages (`rules`), and staff decide on them (`review`). `plants` are deliberate
defects of a server: each must turn the checker red.

    python -m tests.faults              the short form, as in `make test`
    python -m tests.faults --long       the long form, as in `make faults`
    python -m tests.faults redis plant  only scenarios whose names have one of these words
"""
